// Package region is where things are and which office answers for them.
//
// Divisions (city, county, town, village) are keyed by their 12-digit code,
// because village names are not unique. Units are offices; they form a tree of
// command and hold jurisdiction over divisions, which lets 辽河口生态经济区
// exist as an office over towns that belong to 盘山县 on the map.
package region
