package staff

import "strings"

// DeviceName says from a User-Agent which kind of browser it is and no more:
// "Chrome · Windows". It is all that a session keeps of where it is used.
func DeviceName(userAgent string) string {
	// In this order, because browsers carry one another's names.
	browser := firstIn(userAgent, [][2]string{
		{"MicroMessenger", "WeChat"}, {"Edg", "Edge"}, {"OPR/", "Opera"}, {"UCBrowser", "UC"}, {"QQBrowser", "QQ"},
		{"HuaweiBrowser", "Huawei"}, {"MiuiBrowser", "Mi"}, {"Firefox", "Firefox"}, {"Chrome", "Chrome"}, {"Safari", "Safari"},
	})
	system := firstIn(userAgent, [][2]string{
		{"OpenHarmony", "HarmonyOS"}, {"HarmonyOS", "HarmonyOS"}, {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"},
		{"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"},
	})
	switch {
	case browser == "" || system == "":
		return browser + system
	}
	return browser + " · " + system
}

func firstIn(text string, marks [][2]string) string {
	for _, m := range marks {
		if strings.Contains(text, m[0]) {
			return m[1]
		}
	}
	return ""
}
