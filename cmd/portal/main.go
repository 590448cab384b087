// Command portal runs the 民声 portal.
package main

func main() {}
