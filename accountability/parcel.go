package accountability

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"github.com/google/uuid"

	"minsheng/docket"
	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/staff"
	"minsheng/triage"
)

// maxParcel is how much a package may hold, in bytes: it is made in memory.
const maxParcel = 64 << 20

// Material is one file in a package.
type Material struct {
	Name   string `json:"name"` // in the package; never as somebody called it
	What   string `json:"what"`
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`

	Unclear string `json:"-"` // of a file that nobody looked over and that keeps the package from being sealed: where that is done
}

// parcel is what a package is made of, before it is sealed.
type parcel struct {
	files   []packed
	size    int64
	left    int  // notes that would have told who reported, and were left out
	preview bool // of what would be in it: nothing is opened
}

type packed struct {
	Material
	content []byte
}

// put adds a file under the next number. ext begins with a dot.
func (p *parcel) put(what, ext string, content []byte) error {
	if p.size += int64(len(content)); p.size > maxParcel {
		return step.Bad("materials", "referral_large")
	}
	sum := sha256.Sum256(content)
	name := fmt.Sprintf("%02d-%s%s", len(p.files)+1, strings.NewReplacer("/", "-", "〔", "(", "〕", ")").Replace(what), ext)
	p.files = append(p.files, packed{Material{Name: name, What: what, Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:])}, content})
	return nil
}

// promise names a file that will be opened when the package is sealed.
func (p *parcel) promise(what string, size int64) {
	p.files = append(p.files, packed{Material: Material{What: what, Size: size}})
}

func (p *parcel) list() []Material {
	all := make([]Material, len(p.files))
	for i, f := range p.files {
		all[i] = f.Material
	}
	return all
}

// gather collects what the officer may see of the grounds of a referral: what the
// office wrote, what was verified and found, clean copies of its evidence, papers.
// What a reporter wrote and sent is never among it, and who it is only when the
// custodian released it. A note that would tell it all the same is left out.
// A preview opens no evidence, and has names only.
func (d *Desk) gather(ctx context.Context, by staff.Officer, r Referral, grounds []Ground, preview bool) (parcel, error) {
	p := parcel{preview: preview}
	secret, err := d.secrets(ctx, by, grounds)
	if err != nil {
		return p, err
	}
	for _, g := range grounds {
		switch g.Kind {
		case ledger.OfComplaint:
			err = d.packCase(ctx, by, &p, g, secret)
		case ledger.OfItem:
			err = d.packItem(ctx, by, &p, g, secret)
		case ledger.OfInspection:
			err = d.packFindings(ctx, by, &p, g)
		case ledger.OfOrder:
			err = d.packPapers(ctx, by, &p, g.Kind, g.RefID)
		}
		if err != nil {
			return p, err
		}
	}
	return p, d.packIdentities(ctx, &p, r)
}

// safe reports whether a text tells nothing of the reporters; what it would have
// told is counted.
func (p *parcel) safe(secret triage.Secrets, text string) (bool, error) {
	err := secret.Check([2]string{"text", text})
	if leak := (*triage.Leak)(nil); errors.As(err, &leak) {
		p.left++
		return false, nil
	}
	return err == nil, err
}

// packCase adds what the office wrote of a case, its checks and their evidence.
func (d *Desk) packCase(ctx context.Context, by staff.Officer, p *parcel, g Ground, secret triage.Secrets) error {
	c, err := d.Triage.Case(ctx, by, g.RefID)
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "编号：%s\n收到：%s\n地点：%s\n", g.Number, paper.Day(workday.On(c.ReceivedAt)), c.PlaceName)
	if ok, err := p.safe(secret, c.Summary); err != nil {
		return err
	} else if ok {
		fmt.Fprintf(&b, "\n摘要：%s\n", c.Summary)
	}
	for i, v := range c.Checks {
		ok, err := p.safe(secret, v.Found)
		if err != nil {
			return err
		}
		if ok {
			fmt.Fprintf(&b, "\n核实%d：%s，%s\n%s\n", i+1, paper.Day(v.VisitedOn), v.Place, v.Found)
		}
	}
	if err := p.put(g.Number+"-摘要和核实情况", ".txt", []byte(b.String())); err != nil {
		return err
	}
	for _, v := range c.Checks {
		if err := d.packFiles(ctx, by, p, g, "-核实佐证", v.Files); err != nil {
			return err
		}
	}
	return nil
}

// packFiles adds files that somebody looked over, with what is to be covered covered:
// no file gets into a package in another way. As long as nobody looked one over it is
// named, and nothing is sealed.
func (d *Desk) packFiles(ctx context.Context, by staff.Officer, p *parcel, g Ground, what string, files []evidence.File) error {
	for _, f := range files {
		if p.preview {
			p.promise(g.Number+what, f.Size)
			if err := d.unclear(ctx, p, g, f); err != nil {
				return err
			}
			continue
		}
		opened, err := d.Triage.LeavingFile(ctx, by, f.ID)
		if errors.Is(err, triage.ErrUnclear) {
			return step.Bad("materials", "referral_unclear")
		}
		if err != nil {
			return err
		}
		if err := p.copy(g.Number+what, opened.DownloadName, opened.Content); err != nil {
			return err
		}
	}
	return nil
}

// lookedOver is below which address the files of a ground are looked over.
var lookedOver = map[ledger.Subject]string{ledger.OfComplaint: "/console/cases/", ledger.OfItem: "/console/items/"}

// unclear marks the file promised last when nobody has looked it over yet.
func (d *Desk) unclear(ctx context.Context, p *parcel, g Ground, f evidence.File) error {
	cleared, err := d.Triage.Clearances(ctx, f.ID)
	if err == nil && !cleared[f.ID].Clear(f.Media) {
		p.files[len(p.files)-1].Unclear = fmt.Sprintf("%s%s/cover/of/%s", lookedOver[g.Kind], g.RefID, f.ID)
	}
	return err
}

// copy adds evidence that was opened for it; the name says only what kind it is.
func (p *parcel) copy(what, name string, content io.ReadCloser) error {
	defer content.Close()
	bytes, err := io.ReadAll(io.LimitReader(content, evidence.MaxFileSize+1))
	if err != nil {
		return err
	}
	return p.put(what, path.Ext(name), bytes)
}

// packItem adds an item, what the handling offices reported with its evidence, and
// its papers.
func (d *Desk) packItem(ctx context.Context, by staff.Officer, p *parcel, g Ground, secret triage.Secrets) error {
	i, err := d.Docket.Item(ctx, by, g.RefID)
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "编号：%s\n事项：%s\n承办：%s\n\n摘要：%s\n\n要求：%s\n", i.Number, i.Title, i.LeadName, i.Summary, i.Requirement)
	if i.Measures != "" {
		fmt.Fprintf(&b, "\n整改措施：%s\n", i.Measures)
	}
	var reports []docket.ItemNote
	for _, n := range i.Notes {
		if n.Kind != "report" {
			continue
		}
		ok, err := p.safe(secret, n.Body)
		if err != nil {
			return err
		}
		if ok {
			fmt.Fprintf(&b, "\n%s报告（%s）：%s\n", n.UnitName, paper.Day(workday.On(n.At)), n.Body)
		}
		reports = append(reports, n)
	}
	if err := p.put(g.Number+"-事项和报告", ".txt", []byte(b.String())); err != nil {
		return err
	}
	for _, n := range reports {
		if err := d.packFiles(ctx, by, p, g, "-报告佐证", n.Files); err != nil {
			return err
		}
	}
	return d.packPapers(ctx, by, p, ledger.OfItem, g.RefID)
}

// packPapers adds the final papers about a thing that the officer may read.
func (d *Desk) packPapers(ctx context.Context, by staff.Officer, p *parcel, subject ledger.Subject, id uuid.UUID) error {
	papers, err := d.Papers.Of(ctx, by, subject, id)
	if err != nil {
		return err
	}
	for _, one := range papers {
		if one.State != paper.Final || !d.Papers.Readable(by, one) {
			continue
		}
		f, _ := paper.FormOf(one.Kind)
		if p.preview {
			p.promise(one.Number+"-"+f.Name, 0)
			continue
		}
		_, content, err := d.Papers.Docx(ctx, by, one.ID)
		if err != nil {
			return err
		}
		if err := p.put(one.Number+"-"+f.Name, ".docx", content); err != nil {
			return err
		}
	}
	return nil
}

// packFindings adds the issued findings of an inspection. Who was visited is not
// among it.
func (d *Desk) packFindings(ctx context.Context, by staff.Officer, p *parcel, g Ground) error {
	if err := d.Inspections.MaySee(ctx, by, g.RefID); err != nil {
		return err
	}
	findings, err := d.Inspections.Findings(d.Store.Read(ctx), g.RefID)
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "督查：%s\n", g.Number)
	for _, f := range findings {
		fmt.Fprintf(&b, "\n问题%d（%s）：%s\n依据：%s\n要求：%s\n", f.N, f.Clause, f.Facts, f.Basis, f.Requirement)
		for _, said := range f.Remarks {
			fmt.Fprintf(&b, "　被督查单位意见或更正：%s\n", said.Words)
		}
	}
	return p.put(g.Number+"-督查发现", ".txt", []byte(b.String()))
}

// zipped is the package as one zip with a list of contents, and its sums as
// sha256sum checks them.
func (p *parcel) zipped(title string, at time.Time) ([]byte, error) {
	var list, sums strings.Builder
	fmt.Fprintf(&list, "%s\n材料共%d件\n\n序号\t名称\t大小（字节）\tSHA-256\n", title, len(p.files))
	for i, f := range p.files {
		fmt.Fprintf(&list, "%d\t%s\t%d\t%s\n", i+1, f.Name, f.Size, f.SHA256)
		fmt.Fprintf(&sums, "%s  %s\n", f.SHA256, f.Name)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range append([]packed{{Material{Name: "00-清单.txt"}, []byte(list.String())}, {Material{Name: "SHA256SUMS"}, []byte(sums.String())}}, p.files...) {
		entry, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: at})
		if err != nil {
			return nil, err
		}
		if _, err := entry.Write(f.content); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return out.Bytes(), err
}
