package docket

import (
	"github.com/google/uuid"
	"gorm.io/gorm"
)

// peopleNames reads what people with accounts are called.
func peopleNames(db *gorm.DB, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	names := map[uuid.UUID]string{}
	if len(ids) == 0 {
		return names, nil
	}
	var people []struct {
		ID   uuid.UUID
		Name string
	}
	err := db.Table("account").Select("id, name").Where("id IN ?", ids).Find(&people).Error
	for _, p := range people {
		names[p.ID] = p.Name
	}
	return names, err
}

// unitName is what an office is called today, "" for one that is not known.
func (d *Desk) unitName(id uuid.UUID) string {
	u, err := d.Atlas.Unit(id)
	if err != nil {
		return ""
	}
	return u.Name
}
