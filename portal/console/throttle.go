package console

import (
	"time"

	"minsheng/portal/gate"
)

// throttled says how long to wait before who may try a password or a code
// again; 0 means now. It counts for the account, for the address and for
// everybody, so that neither one account nor the machine can be worn down;
// nobody is locked out.
func (v *visit) throttled(who string) time.Duration {
	for _, rule := range []struct {
		gate.Rule
		who string
	}{
		{gate.SignInVisitor, v.Visitors.Key(v.c)},
		{gate.SignInAccount, who},
		{gate.SignInGlobal, gate.Everybody},
	} {
		if verdict := v.Limits.Allow(v.ctx(), rule.Rule, rule.who); !verdict.OK {
			return max(verdict.RetryAfter, time.Second)
		}
	}
	return 0
}
