package privacy

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// compound lists surnames of two characters, as one string of pairs.
const compound = "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 梁丘 左丘 东门 西门 南荣 第五 贺兰 完颜 叶赫 那拉 纳兰 爱新 富察 钮祜 瓜尔 佟佳 叶赫 达奚 费莫 舒穆 赫舍 马佳 索绰 乌雅 萨克"

// between stands between the parts of a name, in all the ways keyboards write
// it. (Full-width and half-width forms of the katakana dot as well.)
const between = "·•・･‧∙⋅᛫⸱.．。"

// MaskName is a name as the web shows it: 张* for two characters, 张*三 for
// three and more, compound surnames whole with the last character (欧阳*华), and
// for names with · the first character of the first part and the last of the
// last. A name it does not understand keeps its first character only, one of a
// single character none; blank stays blank (DOMAIN §10).
func MaskName(name string) string {
	name = clean(name)
	if name == "" {
		return ""
	}
	if joined := without(name, unicode.IsSpace); han(joined) {
		return maskRunes([]rune(joined))
	}
	parts := strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(between, r) })
	switch joined := strings.Join(parts, ""); {
	case len(parts) == 1 && han(joined):
		return maskRunes([]rune(joined))
	case han(joined):
		return maskParts([]rune(joined))
	}
	return firstOnly(name)
}

// maskRunes masks a name of Han characters in one piece.
func maskRunes(name []rune) string {
	n := len(name)
	switch {
	case n == 1:
		return "*"
	case n == 2:
		return string(name[:1]) + "*"
	case n >= 4 && isCompound(name[:2]):
		return string(name[:2]) + "*" + string(name[n-1:])
	}
	return string(name[:1]) + "*" + string(name[n-1:])
}

// maskParts masks a name with · between its parts, given without them. A name
// of two characters keeps one, as any does.
func maskParts(name []rune) string {
	if len(name) < 3 {
		return string(name[:1]) + "*"
	}
	return string(name[:1]) + "*·*" + string(name[len(name)-1:])
}

// firstOnly keeps the first character, if it is a letter with others behind it.
func firstOnly(name string) string {
	runes := []rune(name)
	letters := 0
	for _, r := range runes {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	if letters < 2 && !strings.Contains(name, "*") || !unicode.IsLetter(runes[0]) {
		return "*"
	}
	return string(runes[:1]) + "*"
}

// clean is a name without what cannot be seen; every character that is left
// stands for one that was typed.
func clean(name string) string {
	name = norm.NFC.String(strings.ToValidUTF8(name, ""))
	name = without(name, func(r rune) bool {
		return unicode.In(r, unicode.Cf, unicode.Cc, unicode.Mn, unicode.Variation_Selector) && !unicode.IsSpace(r)
	})
	return strings.TrimSpace(name)
}

func without(text string, drop func(rune) bool) string {
	return strings.Map(func(r rune) rune {
		if drop(r) {
			return -1
		}
		return r
	}, text)
}

func han(text string) bool {
	for _, r := range text {
		if !unicode.Is(unicode.Han, r) {
			return false
		}
	}
	return text != ""
}

// isCompound reports whether two characters are a surname.
func isCompound(two []rune) bool {
	for _, s := range strings.Fields(compound) {
		if s == string(two) {
			return true
		}
	}
	return false
}
