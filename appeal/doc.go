// Package appeal is what follows an answer, until nothing can follow any more.
//
// An answer has to reach its reporter: they read it under the receipt, or it is
// handed over and an officer records that (Deliver). Then they say whether it
// solved anything (Rate): "unsolved" is work for the office above, which looks
// again and either sends the case back once, or says why the answer stands
// (SecondLook). Somebody who took no part calls back (CallBack). Within thirty
// days they may ask for a review, then for a re-examination (Ask), each decided
// on the next level by one and approved by another of that office (Propose,
// Rule); what the re-examination says is final.
//
// Nobody judges what they took part in. What those who look again write down,
// and what the reporter tells them, is read by their office and those above it,
// also when the case lies below again. Who may see a case at all is decided in
// triage alone.
package appeal
