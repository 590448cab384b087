package public

import (
	"bytes"
	"context"
	"encoding/xml"
	"time"

	"github.com/google/uuid"

	"minsheng/notice"
)

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	Title   string      `xml:"title"`
	ID      string      `xml:"id"`
	Updated string      `xml:"updated"`
	Link    atomLink    `xml:"link"`
	Author  string      `xml:"author>name"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	Title   string   `xml:"title"`
	ID      string   `xml:"id"`
	Updated string   `xml:"updated"`
	Link    atomLink `xml:"link"`
	Summary string   `xml:"summary"`
}

// makeFeed lists the newest notices by title and place. What they say stays on
// the portal, from where it disappears when its days are over.
func (f *Face) makeFeed(ctx context.Context, a asked) (made, error) {
	notices, err := f.Notices.List(ctx, "", uuid.Nil)
	if err != nil {
		return made{}, err
	}
	self := f.address("/feed.atom")
	feed := atomFeed{
		Lang: string(a.lang), ID: self, Link: atomLink{"self", self}, Author: f.text(a.reading, "portal.name"),
		Title:   f.text(a.reading, "portal.name") + " · " + f.text(a.reading, "notices.title"),
		Updated: time.Unix(0, 0).UTC().Format(time.RFC3339),
	}
	for i, n := range notices {
		entry, err := f.entry(ctx, a.reading, n)
		if err != nil {
			return made{}, err
		}
		if i == 0 {
			feed.Updated = entry.Updated
		}
		feed.Entries = append(feed.Entries, entry)
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	err = xml.NewEncoder(&b).Encode(feed)
	return made{kind: "application/atom+xml; charset=utf-8", body: b.Bytes()}, err
}

func (f *Face) entry(ctx context.Context, r reading, n notice.Notice) (atomEntry, error) {
	place, err := f.placeName(ctx, n.PlaceCode)
	if err != nil {
		return atomEntry{}, err
	}
	at := n.CreatedAt
	if n.PublishedAt != nil {
		at = *n.PublishedAt
	}
	return atomEntry{
		Title: n.Title, ID: "urn:uuid:" + n.ID.String(), Updated: at.UTC().Format(time.RFC3339),
		Link:    atomLink{"alternate", f.address("/notices/" + n.ID.String())},
		Summary: f.noticeKind(r, n.Kind) + " · " + place,
	}, nil
}
