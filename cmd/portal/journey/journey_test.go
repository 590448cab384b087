package journey_test

import (
	"context"
	"os"
	"testing"
)

// walk is a journey through the demo portal at base; pictures go to dir.
type walk func(t *testing.T, browser context.Context, base, dir string)

// TestJourneys shares one browser and one demo portal among the journeys; each
// makes its own reports and needs nothing of the others.
func TestJourneys(t *testing.T) {
	browser := chromium(t)
	p := build(t)
	base, folder := p.demo(t)
	dir := outputDir(t)
	if pictures := os.Getenv("JOURNEY_PICTURES"); pictures != "" {
		t.Run("PicturesForTheReadme", func(t *testing.T) { readme(t, browser, base, pictures) })
	}
	for _, journey := range []struct {
		name string
		walk walk
	}{
		{"TheWholeLineInChinese", whole(chinese)},
		{"TheWholeLineInEnglishWithoutScripts", whole(english)},
		{"EveryPageFitsBothWidths", bothWidths},
		{"EveryDeskLooksRound", rounds},
		{"AnEmptyFormSaysWhatIsMissing", emptyForm},
		{"TwoClicksMakeOneReport", twoClicks},
		{"GoingBackMakesNoSecondReport", goingBack},
		{"TheLoserOfARaceIsToldWho", race},
		{"SignedOutWhileWriting", signedOut},
		{"SomebodyCallsAndIsWrittenDown", phoneEntry},
		{"TwoOpenOneName", twoOpenOneName},
		{"APictureIsDrawnBlack", drawnBlack},
		{"AReceiptIsProved", receiptIsProved(p)},
		{"AListFromSpreadsheetToAnnouncement", listToAnnouncement(folder)},
		{"PaymentsToACase", paymentsToACase},
		{"AVisitWithoutSignal", visitWithoutSignal},
		{"FromAnAnswerToTheLastWord", toTheLastWord},
		{"WhatIsLateGoesUpByItself", lateGoesUp(folder)}, // makes today a working day
		{"NothingIsBuried", nothingBuried(p, folder)},
	} {
		t.Run(journey.name, func(t *testing.T) { journey.walk(t, browser, base, dir) })
	}
	fresh, password := p.serve(t, "chen")
	t.Run("TheFirstAdministratorComesIn", func(t *testing.T) { firstAdministrator(t, browser, fresh, dir, password) })
	t.Run("AWrongPuzzleCostsNoWord", func(t *testing.T) { wrongPuzzle(t, browser, fresh, dir) })
}

func whole(s script) walk {
	return func(t *testing.T, browser context.Context, base, dir string) { walkTheLine(t, browser, base, dir, s) }
}
