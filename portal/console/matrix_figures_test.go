package console_test

// figuresTable has one row for each route of figures and of the register.
func figuresTable() map[string]row {
	return map[string]row{
		"GET /console/figures":       {who: "T S"},
		"GET /console/register":      {who: "T S"},
		"GET /console/register.xlsx": {who: "T S", recorded: true},
		"GET /console/register.csv":  {who: "T S", recorded: true},
	}
}
