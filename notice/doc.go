// Package notice is what is published: project, fund and household-list
// notices with the days they stand.
package notice
