package world

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"minsheng/region"
	"minsheng/staff"
)

// Login is an account of the demo world.
type Login struct{ Login, Password, Who string }

// demoPassword is the same for everybody: it is printed on the screen anyway.
const demoPassword = "reed-crane-marsh-77"

// part is one person of the demo world with the permission by which they are
// found again.
type part struct {
	login, name, office string
	roles               []staff.Role
	finds               staff.Permission
}

const (
	cityDesk   = "盘锦市委市政府督查室"
	cityPoor   = "盘锦市扶贫开发办公室"
	panshan    = "盘山县督查室"
	panPoor    = "盘山县扶贫开发办公室"
	dawa       = "大洼区督查室"
	zone       = "辽河口生态经济区督查室"
	tianshui   = "甜水镇人民政府"
	baqiangzi  = "坝墙子镇人民政府"
	yangjuanzi = "羊圈子镇人民政府"
	tangjia    = "唐家镇人民政府"
	dawaPoor   = "大洼区扶贫开发办公室"
	xinxing    = "新兴镇人民政府"
)

var cast = []part{
	{"admin", "佟管理", cityDesk, []staff.Role{staff.Administrator}, staff.ManageStaff},
	{"shi.shouli", "田静", cityDesk, []staff.Role{staff.TriageOfficer}, staff.WorkCases},
	{"shi.ducha", "常锐", cityDesk, []staff.Role{staff.TriageOfficer}, staff.WorkInspections},
	{"shi.shenpi", "关山", cityDesk, []staff.Role{staff.Supervisor}, staff.ApproveCases},
	{"shi.fucha", "葛平", cityDesk, []staff.Role{staff.TriageOfficer}, staff.WorkCases},
	{"shi.fuhe", "乔正言", cityDesk, []staff.Role{staff.TriageOfficer}, staff.WorkCases},
	{"shi.fuhe.shenpi", "尹公", cityDesk, []staff.Role{staff.Supervisor}, staff.ApproveCases},
	{"shi.dengji", "于小满", cityDesk, []staff.Role{staff.Registrar}, staff.EnterReports},
	{"shi.baoguan", "苗守信", cityDesk, []staff.Role{staff.IdentityCustodian}, staff.RevealIdentity},
	{"shi.baoguan2", "尤慎言", cityDesk, []staff.Role{staff.IdentityCustodian}, staff.RevealIdentity},
	{"shi.baoguan3", "习新", cityDesk, []staff.Role{staff.IdentityCustodian}, staff.RevealIdentity},
	{"shi.shenji", "严查", cityDesk, []staff.Role{staff.Auditor}, staff.ReadRecord},
	{"shi.gongshi", "白露", cityDesk, []staff.Role{staff.Publisher}, staff.WriteNotices},
	{"shi.shenhe", "霍正", cityDesk, []staff.Role{staff.NoticeApprover}, staff.ApproveNotices},
	{"shi.fupin", "邢办事", cityPoor, []staff.Role{staff.UnitHandler}, staff.HandleItems},
	{"shi.fupin.gongshi", "卢广", cityPoor, []staff.Role{staff.Publisher}, staff.LoadPayments},
	{"shi.fupin.shenhe", "邵明", cityPoor, []staff.Role{staff.NoticeApprover}, staff.ApproveNotices},
	{"ps.shouli", "何田田", panshan, []staff.Role{staff.TriageOfficer}, staff.WorkCases},
	{"ps.shouli2", "罗青", panshan, []staff.Role{staff.TriageOfficer}, staff.WorkCases},
	{"ps.shenpi", "方原", panshan, []staff.Role{staff.Supervisor}, staff.ApproveCases},
	{"ps.guanli", "金管", panshan, []staff.Role{staff.Administrator}, staff.ManageStaff},
	{"ps.dengji", "袁听", panshan, []staff.Role{staff.Registrar}, staff.EnterReports},
	{"ps.chengban", "宁承办", panshan, []staff.Role{staff.UnitHandler}, staff.HandleItems},
	{"ps.fupin", "祝办事", panPoor, []staff.Role{staff.UnitHandler}, staff.HandleItems},
	{"ps.gongshi", "施公开", panPoor, []staff.Role{staff.Publisher}, staff.WriteNotices},
	{"ps.shenhe", "查细", panPoor, []staff.Role{staff.NoticeApprover}, staff.ApproveNotices},
	{"dw.shouli", "汪洋洋", dawa, []staff.Role{staff.TriageOfficer}, staff.WorkCases},
	{"dw.shouli2", "钟明", dawa, []staff.Role{staff.TriageOfficer}, staff.WorkCases},
	{"dw.shenpi", "沈定", dawa, []staff.Role{staff.Supervisor}, staff.ApproveCases},
	{"dw.chengban", "盛经办", dawaPoor, []staff.Role{staff.UnitHandler}, staff.HandleItems},
	{"dw.gongshi", "房晓", dawaPoor, []staff.Role{staff.Publisher}, staff.WriteNotices},
	{"dw.shenhe", "石稳", dawaPoor, []staff.Role{staff.NoticeApprover}, staff.ApproveNotices},
	{"lhk.shouli", "芦雁", zone, []staff.Role{staff.TriageOfficer}, staff.WorkCases},
	{"lhk.shenpi", "常青", zone, []staff.Role{staff.Supervisor}, staff.ApproveCases},
	{"tianshui", "甘办事", tianshui, []staff.Role{staff.UnitHandler}, staff.HandleItems},
	{"tianshui.gongshi", "甄文", tianshui, []staff.Role{staff.Publisher}, staff.WriteNotices},
	{"tianshui.shenhe", "季青", tianshui, []staff.Role{staff.NoticeApprover}, staff.ApproveNotices},
	{"baqiangzi", "巴办事", baqiangzi, []staff.Role{staff.UnitHandler}, staff.HandleItems},
	{"yangjuanzi", "杨办事", yangjuanzi, []staff.Role{staff.UnitHandler}, staff.HandleItems},
	{"tangjia", "唐办事", tangjia, []staff.Role{staff.UnitHandler}, staff.HandleItems},
	{"tangjia.gongshi", "唐小满", tangjia, []staff.Role{staff.Publisher}, staff.WriteNotices},
	{"tangjia.shenhe", "路平", tangjia, []staff.Role{staff.NoticeApprover}, staff.ApproveNotices},
	{"xinxing", "辛办事", xinxing, []staff.Role{staff.UnitHandler}, staff.HandleItems},
}

// roleNames say what a person is there for, beside the login that is printed.
var roleNames = map[staff.Role]string{
	staff.Registrar: "登记员", staff.TriageOfficer: "受理员", staff.Supervisor: "审批人", staff.UnitHandler: "承办单位经办人",
	staff.Publisher: "公示录入", staff.NoticeApprover: "公示审核", staff.IdentityCustodian: "身份保管员",
	staff.Auditor: "审计", staff.Administrator: "管理员",
}

// offices makes the town governments and village committees of the story and
// returns all offices by name.
func (r Rooms) offices(ctx context.Context) (map[string]region.Unit, error) {
	for _, village := range []string{shuangliu, weizigou, xinheyan, dayushu, nanpaozi, wangwei, heqi} {
		if _, err := r.Atlas.AddVillageCommittee(ctx, village); err != nil {
			return nil, err
		}
	}
	byName := make(map[string]region.Unit)
	for _, u := range r.Atlas.Units() {
		byName[u.Name] = u
	}
	return byName, nil
}

// hire creates everybody's account.
func (r Rooms) hire(ctx context.Context, offices map[string]region.Unit) ([]Login, map[string]staff.Officer, error) {
	if err := r.addAccounts(ctx, offices); err != nil {
		return nil, nil, err
	}
	var logins []Login
	people := make(map[string]staff.Officer)
	for _, p := range cast {
		colleagues, err := r.Staff.ColleaguesWith(ctx, []uuid.UUID{offices[p.office].ID}, p.finds)
		if err != nil {
			return nil, nil, err
		}
		for _, o := range colleagues {
			people[o.Login] = o
		}
		logins = append(logins, Login{p.login, demoPassword, fmt.Sprintf("%s %s · %s", p.office, p.name, roleNames[p.roles[0]])})
	}
	return logins, people, nil
}

// addAccounts adds two at a time: the hash of a password is made to be slow.
func (r Rooms) addAccounts(ctx context.Context, offices map[string]region.Unit) error {
	adding, ctx := errgroup.WithContext(ctx)
	adding.SetLimit(2)
	for _, p := range cast {
		adding.Go(func() error {
			office, known := offices[p.office]
			if !known {
				return fmt.Errorf("world: no office %s", p.office)
			}
			_, err := r.Staff.AddFromCommandLine(ctx, staff.NewAccount{
				Login: p.login, Name: p.name, UnitID: office.ID, Roles: p.roles, Password: demoPassword,
			})
			if err != nil {
				return fmt.Errorf("world: account %s: %w", p.login, err)
			}
			return nil
		})
	}
	return adding.Wait()
}
