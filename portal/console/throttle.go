package console

import (
	"time"

	"minsheng/portal/gate"
)

// quota is a rule with whom it counts.
type quota struct {
	gate.Rule
	who string
}

// tooManyPasswords says how long to wait before a password of login may be
// tried again from here; 0 means now. It counts tightly for the account as
// tried from this address, and widely for the account as tried from anywhere:
// whoever types wrong passwords to a colleague's login does not keep the
// colleague out.
func (v *visit) tooManyPasswords(login string) time.Duration {
	here := v.Visitors.Key(v.c)
	return v.throttled(quota{gate.SignInAccount, "login:" + login + "@" + here}, quota{gate.SignInAnywhere, login})
}

// tooManyCodes is the same for codes, of which there are few: it counts
// tightly wherever they come from. Only who knows the password gets that far.
func (v *visit) tooManyCodes() time.Duration {
	return v.throttled(quota{gate.SignInAccount, "code:" + v.by().Login})
}

// throttled counts for the address, for the account and for everybody, so that
// neither one account nor the machine can be worn down; nobody is locked out.
func (v *visit) throttled(account ...quota) time.Duration {
	rules := append([]quota{{gate.SignInVisitor, v.Visitors.Key(v.c)}}, account...)
	for _, rule := range append(rules, quota{gate.SignInGlobal, gate.Everybody}) {
		if verdict := v.Limits.Allow(v.ctx(), rule.Rule, rule.who); !verdict.OK {
			return max(verdict.RetryAfter, time.Second)
		}
	}
	return 0
}
