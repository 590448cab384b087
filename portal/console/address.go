package console

import (
	"net/url"
	"strconv"
)

// withQuery is address with one more value in its query.
func withQuery(address, name, value string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}

func itoa(n int) string { return strconv.Itoa(n) }
