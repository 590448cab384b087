// Package archive opens ZIP files that strangers hand in: the containers of
// office documents. What would unpack to too much is refused by the directory
// alone, before a byte of it is unpacked.
package archive
