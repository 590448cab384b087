package evidence

import (
	"github.com/google/uuid"

	"minsheng/internal/store"
)

// Binding is Bind for an owner that is created by the same
// store.InsertTogether: such an owner has no files yet, so that one statement
// does it and nobody has to ask first whether files are staged.
func Binding(formKey []byte, ownerKind string, ownerID uuid.UUID) store.Also {
	return store.Also{
		SQL:  "UPDATE evidence_file SET owner_kind = ?, owner_id = ?, form_key = NULL, expires_at = NULL WHERE form_key = ? AND owner_kind = ?",
		Args: []any{ownerKind, ownerID, formKey, staged},
	}
}
