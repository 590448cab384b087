package console

import "strings"

// families are looked for in this order, because browsers carry one another's
// names.
var browsers = [][2]string{{"MicroMessenger", "WeChat"}, {"Edg", "Edge"}, {"OPR/", "Opera"}, {"Firefox", "Firefox"}, {"HeadlessChrome", "Chrome"}, {"Chrome", "Chrome"}, {"Safari", "Safari"}}

var systems = [][2]string{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"HarmonyOS", "HarmonyOS"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"}}

// device says which kind of browser it is and no more: "Chrome · Windows".
func device(userAgent string) string {
	var parts []string
	for _, families := range [][][2]string{browsers, systems} {
		for _, f := range families {
			if strings.Contains(userAgent, f[0]) {
				parts = append(parts, f[1])
				break
			}
		}
	}
	return strings.Join(parts, " · ")
}
