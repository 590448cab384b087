package privacy

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// headings are the words that announce personal numbers (DOMAIN §10), looked
// for in this order.
var headings = []struct {
	kind  Kind
	words *regexp.Regexp
}{
	{IDNumber, regexp.MustCompile(`身份证|证件(号|编号)|公民身份|身份号|身份证明号|IDCARD|IDNUMBER|IDNO`)},
	{BankCard, regexp.MustCompile(`[账帐]号|卡号|开户行|开户银行|存折号|银行卡|一卡通号|社保卡|(账户|帐户)(号|号码)?$|BANKACCOUNT`)},
	{Mobile, regexp.MustCompile(`手机号?码?$|手机号|移动电话|MOBILE`)},
	{Landline, regexp.MustCompile(`电话(号码?|方式|1|2)?$|座机|固话|联系方式$|联系号码|PHONE|^TEL$`)},
	{Plate, regexp.MustCompile(`车牌|号牌|牌照号`)},
}

// forOffices are telephones that notices have to give (DOMAIN §7).
var forOffices = regexp.MustCompile(`监督|举报|投诉|受理|咨询|服务|办公|单位|部门|热线|值班|政务|12317|12345|12388`)

// bracketed is what stands in brackets behind a heading.
var bracketed = regexp.MustCompile(`[((\[【〔][^))\]】〕]*[))\]】〕]`)

// maxHeading is how many characters a heading has at most; longer ones are
// sentences.
const maxHeading = 20

// Heading reports whether a column heading (or a label in front of a colon)
// announces personal numbers: 身份证, 证件号, 电话, 手机, 账号, 卡号, 开户行. The
// telephones of offices, which notices must give, are not meant: 监督电话.
func Heading(text string) (Kind, bool) {
	if len(text) > 400 {
		return "", false
	}
	folded := strings.ToUpper(without(norm.NFKC.String(text), func(r rune) bool {
		return unicode.IsSpace(r) || isHidden(r) || strings.ContainsRune("_-:*", r)
	}))
	bare := bracketed.ReplaceAllString(folded, "")
	if bare == "" || utf8.RuneCountInString(bare) > maxHeading {
		return "", false
	}
	for _, h := range headings {
		if !h.words.MatchString(bare) {
			continue
		}
		if (h.kind == Landline || h.kind == Mobile) && forOffices.MatchString(bare) {
			return "", false
		}
		return h.kind, true
	}
	return "", false
}
