// Package sheettest makes spreadsheets as ugly as those that offices send.
package sheettest
