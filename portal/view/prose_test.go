package view

import (
	"bytes"
	"html/template"
	"strings"
	"testing"
)

func drawn(t *testing.T, source string) string {
	t.Helper()
	page, err := template.ParseFS(templates, "templates/shared/prose.html")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := page.ExecuteTemplate(&b, "prose", Prose(source)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestProseDrawsWhatNoticesNeed(t *testing.T) {
	for source, want := range map[string]string{
		"一段话":                        "<p>一段话</p>",
		"上一行\n下一行":                   "<p>上一行<br>下一行</p>",
		"    移进去的一行":                 "<p>移进去的一行</p>",
		"一段\n---":                    "<hr>",
		"# 大标题\n\n### 小标题":           "<h2>大标题</h2>\n<h3>小标题</h3>",
		"**要紧** 和 *轻声*":              "<p><b>要紧</b> 和 <em>轻声</em></p>",
		"- 一\n- 二":                   "<ul><li><p>一</p>\n</li><li><p>二</p>\n</li></ul>",
		"- 一\n    - 里面":              "<ul><li><p>一</p>\n<ul><li><p>里面</p>",
		"3. 三\n4. 四":                 `<ol start="3"><li><p>三</p>`,
		"> 引文":                       "<blockquote><p>引文</p>",
		"|项目|金额|\n|--|--|\n|路|3 万|":  `<tr><th scope="col">项目</th><th scope="col">金额</th></tr><tr><td>路</td><td>3 万</td></tr>`,
		"[县政府](https://a.example/x)": `<a href="https://a.example/x" rel="noopener nofollow">县政府</a>`,
	} {
		if got := drawn(t, source); !strings.Contains(got, want) {
			t.Errorf("%q is drawn as\n%s", source, got)
		}
	}
}

// TestProseTrustsNobody: markup is words, and links lead to the web only.
func TestProseTrustsNobody(t *testing.T) {
	for _, source := range []string{
		"<script>alert(1)</script>", "话 <img src=x onerror=alert(2)> 话", "<div onclick=x>\n块\n</div>",
		"[点](javascript:alert(1))", "[点](data:text/html,x)", "![图](https://a.example/x.png)", "<javascript:alert(1)>",
		"# 题 {onclick=alert(1)}", "[点](//a.example)", "```\n<b>x</b>\n```", strings.Repeat("> ", 5000) + "深",
		"| a |\n|--|\n| <script>x</script> |",
	} {
		got := drawn(t, source)
		for _, alive := range []string{"<script", "<img", "<div o", "<b>", "javascript:alert(1)\"", "href", "onclick=\""} {
			if strings.Contains(got, alive) {
				t.Errorf("%.40q holds %s: %s", source, alive, got)
			}
		}
	}
	if got := drawn(t, "<script>alert(1)</script>"); !strings.Contains(got, "&lt;script&gt;alert(1)") {
		t.Errorf("words were lost: %s", got)
	}
}
