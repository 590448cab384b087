package view

import (
	"strings"
	"testing"
)

func TestMarkdownIsSimple(t *testing.T) {
	m := newMarkdown()
	for _, c := range []struct{ what, text, want string }{
		{"paragraphs and line breaks", "第一段\n还是第一段\n\n第二段", "<p>第一段<br>\n还是第一段</p>\n<p>第二段</p>\n"},
		{"headings start below the page's", "# 一\n## 二", "<h2>一</h2>\n<h3>二</h3>\n"},
		{"lists and emphasis", "1. **甲**\n2. *乙*", "<ol>\n<li><strong>甲</strong></li>\n<li><em>乙</em></li>\n</ol>\n"},
		{"a list that goes on", "3. 甲", "<ol start=\"3\">\n<li>甲</li>\n</ol>\n"},
		{"tags are words", "第二段<b> <script>alert(1)</script>", "<p>第二段&lt;b&gt; &lt;script&gt;alert(1)&lt;/script&gt;</p>\n"},
		{"moved in with blanks", "甲\n\n    乙", "<p>甲</p>\n<p>乙</p>\n"},
		{"moved in at the start", "\t甲\n\t乙", "<p>甲<br>\n乙</p>\n"},
		{"a list in a list", "- 甲\n  - 乙\n\n      丙", "<ul>\n<li>甲\n<ul>\n<li>\n<p>乙</p>\n<p>丙</p>\n</li>\n</ul>\n</li>\n</ul>\n"},
		{"a row of hyphens", "甲\n---", "<p>甲</p>\n<hr>\n"},
		{"a link", "[办法](https://example.com/a?b=1&c=2)", "<p><a href=\"https://example.com/a?b=1&amp;c=2\" rel=\"nofollow noreferrer\">办法</a></p>\n"},
		{"a script as a link", "[办法](javascript:alert(1))", "<p>办法</p>\n"},
		{"data as a link", "[办法](data:text/html,x)", "<p>办法</p>\n"},
		{"a link to here", "[办法](/console)", "<p>办法</p>\n"},
		{"a link without a scheme", "[办法](//example.com/)", "<p>办法</p>\n"},
		{"mail by pointed brackets", "<a@example.com>", "<p>a@example.com</p>\n"},
		{"a picture", "![远景](https://example.com/a.png) 旁边", "<p>远景 旁边</p>\n"},
		{"a picture in a link", "[![远景](http://example.com/a.png)](http://example.com/)", "<p><a href=\"http://example.com/\" rel=\"nofollow noreferrer\">远景</a></p>\n"},
	} {
		got, err := m.html(c.text)
		if err != nil || strings.TrimSpace(string(got)) != strings.TrimSpace(c.want) {
			t.Errorf("%s: %q, want %q (%v)", c.what, got, c.want, err)
		}
	}
}

// Whatever is typed, only the few elements come out, without any attribute but
// those of links and lists.
func FuzzMarkdownLetsNothingThrough(f *testing.F) {
	for _, seed := range []string{"<img src=x onerror=alert(1)>", "[a](javascript&#58;alert(1))", "![a](b \"onerror=x\")", "<http://a\"onclick=b>", "`<b>`", "\x00[\x01](http://%41)"} {
		f.Add(seed)
	}
	m := newMarkdown()
	f.Fuzz(func(t *testing.T, source string) {
		got, err := m.html(source)
		if err != nil {
			t.Fatal(err)
		}
		for at := 0; ; {
			open := strings.IndexByte(string(got[at:]), '<')
			if open < 0 {
				return
			}
			tag, rest, _ := strings.Cut(string(got[at+open+1:]), ">")
			name, attributes, _ := strings.Cut(strings.Trim(tag, "/"), " ")
			if !strings.Contains(" p br h2 h3 h4 h5 h6 ul ol li strong em blockquote hr a ", " "+name+" ") {
				t.Fatalf("%q lets <%s> through", source, tag)
			}
			if attributes != "" && name != "ol" && (name != "a" || !strings.HasPrefix(attributes, `href="http`)) {
				t.Fatalf("%q lets <%s> through", source, tag)
			}
			at = len(got) - len(rest)
		}
	})
}
