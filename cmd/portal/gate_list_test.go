package main

// ungated are the functions that may ask for matters without a gate in the query:
// by room, the reason, and their names. Most are the inside of something that began
// at a gate: it read the complaint with CaseIn, or the objection with one, and what
// follows reads or writes what belongs to that one alone.
var ungated = map[string]map[string]string{
	"staff": {
		"reads or writes a person's own ties":                                                      "Declare Ties EndTie tieSelf TieSelves",
		"recognises a name by its keyed hash, and tells neither whose it is nor who is tied to it": "In Unmanned",
	},
	"intake": {
		"destroys what belongs to the case that triage gave, or to the objection that its room did": "EraseName EraseWords eraseParts eraseOriginals eraseTalk",
		"stores what somebody hands in, or finds it again for who has the receipt": `Track write replay end leave takeBack earlierOf TieOf markRead
			messages matters openMatters withdrawalOf withdrawals guarded goOn leadOf startAsking say looks`,
		"a door: whoever calls has checked, and every caller in another room is on this list": "bare Offline AboutOf PeopleOf EarlierOf Deliveries Pictures OriginalsHere letterRows",
		"the inside of a step of another room, on the complaint that it gave":                 "BeginAudit EndAudit TieEarlier Deliver PutLetter Reopen SayAbove ShareAbout Index NextDue CaseOf resume",
		"moves sealed names, words and keys of files from key to key, and shows none": `HandOver handOver KeepAbove keepOriginalsAbove Renew SealUp originalsUp deskOf deskOfFile exists identityBlobs
			accusedBy giveKeys handOverWords keepersNow nameKeepers replaceWords sheetsAbout saidAbout
			hearers keepersOfTold reportsUnder ShowLetters tellOfBefore`,
		"opens messages on which masks of a report stand that its caller was asked for": "anchors",
	},
	"retention": {
		"reads what belongs to the case that CaseIn gave or to the objection that Retained gave": "heldBy isDue parts",
		"runs the narrowed query that it was handed; for who sets the years, it only counts":     "read",
		"gives the portal what two people destroyed, to destroy it again; shows nothing":         "stored",
	},
	"triage": {
		"destroys what belongs to the case that CaseIn gave":                           "closeNames eraseDemanded",
		"learns whether, or where, a refused attempt is to be recorded; shows nothing": "refuseNumber refuseMessage",
		"changes the case that CaseIn gave, or what belongs to it": `Claim Looked NamePerson NameSubject Recuse Rule TieEarlier Verify absorb addDemand copyShields hold eachReport
			keepLook keepReason move nameSubjects propose returnOpen setDemands settle settleWithdrawal shelter ready`,
		"reads what belongs to the case that CaseIn gave, and of the message what is not withheld": `Reasons demandRows deskOf lastPart openItems readAbout readBefore
			readDeliveries readEnd readMessage readPeople filesToCover readRelatives readWithdrawal readWork subjectIDs undelivered verifiersOf langOf
			demandsOf needed needNote readMasks Mask safeOn`,
		"walks along an index with the narrowed query that it was handed":               "matching mostPressing newest named",
		"counts how common words are among all summaries, to look for rare ones":        "commonInIndex",
		"compares a text with words that are not shown":                                 "SecretsOf SecretsOfReports addIdentity addWords alikeAnswers",
		"names offices that must not get what comes of a complaint, not the complaint":  "Accused accusedOf",
		"tells reporters; officers see nothing of it":                                   "Reporters withMerged Moved",
		"tells how many wait behind what the officer may see":                           "Unanswered",
		"tells an office of what it decided itself once: number, day and outcome":       "finals",
		"tells the number that somebody who saw the case wrote down":                    "numberOf",
		"tells the portal which office owes what, never one that may not know of it":    "Owners Waiting",
		"finds whose a file is, and asks CaseIn of that case before it is opened":       "openFor openForCase OpenFile",
		"opens pictures as they came, of the case that CaseIn gave":                     "Originals openOriginals OpenOriginal",
		"opens why names are asked for, of the cases that visible gave":                 "nameRequests",
		"opens the name of the case that CaseIn gave, for whom two custodians let read": "sealedFor ReleaseName",
	},
	"paper": {
		"opens a paper, or its copy, whose guard was asked for the case": "frozen open",
	},
	"appeal": {
		"destroys what belongs to the case that CaseIn gave": "Erase",
		"serves who has the receipt":                         "Sides ask asked openLook rate changeRating ratingOf received reporter sideAppeals sideLook spokenOf",
		"the inside of a step, or of a page, on the case that CaseIn gave": `CallBack Deliver Propose called calledEnough carryOut endLook giveBack issue keep letBelowRead notes openOf proposed read
			readAppeals readCalls readLooks readRatings readRuling`,
		"tells what reporters said of cases that the caller got from Among": "Called",
	},
	"audit": {
		"the inside of an audit that mayRead gave": "end entries inList numbers readResult",
	},
	"notice": {
		"asks for a fund or a project, which are no matters": "tied",
	},
	"docket": {
		"closes requests of an item that itemScope gave":                    "end",
		"finds whose a file is, and asks itemIn of that item first":         "whose",
		"ties the case that CaseIn gave to an item":                         "tie",
		"lists ids behind an item, which only Among makes into cases again": "behind",
	},
	"register": {
		"lists ids behind the office's own items, which only Among makes into cases again": "behind",
	},
	"inspection": {
		"keeps numbers, and shows those that the officer finds by number as well": "LookInto matters",
	},
	"accountability": {
		"counts measures and referrals, which are no matters": "tally",
		"the inside of a measure or a referral that visible gave, which no hidden case stands behind": `AskRelease RuleRelease ruled compose groundsOf packIdentities propose
			referralGrounds releases releasesOf seal`,
		"lists what a custodian is asked for, of the cases that CaseIn gives them": "Asked",
	},
	"objection": {
		"the inside of a step, or of a page, on the objection that visible gave": `OpenFile Propose Record Rule Sign alreadyDone belongs checked end move proposal proposals readChecks readMessage readRulings
			settle tell undecided`,
		"locks, changes or destroys what belongs to the objection that Retained gave": "EraseWords erased hold",
		"serves who has the receipt":                                       "ofReport",
		"tells numbers, which are public":                                  "count",
		"tells the portal which office owes what, and never the publisher": "Owners Moved Waiting",
	},
	"figures": {
		"counts, and keeps apart what is hidden from anybody, so that it can be left out": "allMonths hidden monthsOfComplaints openMatters",
		"counts lists that were corrected, which is public":                               "corrected",
	},
}
