package docket

import "slices"

// Origin is where an item comes from (DOMAIN §8.1; Art. 3 and 13 of the
// Measures); catalog key docket.origin.<code>.
type Origin string

// Origins of items.
const (
	PublicComplaint    Origin = "public_complaint"
	PublicObjection    Origin = "objection"
	LeaderInstruction  Origin = "leader_instruction"
	SuperiorAssignment Origin = "superior_assignment"
	InspectionFinding  Origin = "inspection_finding"
	AnnualPlan         Origin = "plan"
	AuditOrMedia       Origin = "audit_media"
)

// Origins lists them in the order forms show them.
func Origins() []Origin {
	return []Origin{PublicComplaint, PublicObjection, LeaderInstruction, SuperiorAssignment, InspectionFinding, AnnualPlan, AuditOrMedia}
}

// FromPaper lists the origins of which nothing lies in the portal: somebody in
// the office holds the instruction, the document, the report of the press.
func FromPaper() []Origin {
	return []Origin{LeaderInstruction, SuperiorAssignment, AnnualPlan, AuditOrMedia}
}

// held reports whether a new item has what its origin needs, and nothing that
// belongs to another.
func (n NewItem) held() bool {
	switch n.Origin {
	case PublicObjection:
		return n.OriginRef != nil && n.OriginReport != nil
	case InspectionFinding:
		return n.OriginRef != nil && n.OriginReport == nil
	case PublicComplaint:
		return n.OriginRef == nil && n.OriginReport == nil
	}
	return slices.Contains(FromPaper(), n.Origin) && n.OriginRef == nil && n.OriginReport == nil
}
