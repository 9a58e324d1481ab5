//! The coded lists of places: tiers, kinds of units, what units are for, kinds of posts.

use crate::kernel::coded;

coded! {
    /// How high a place stands in the tree.
    Tier {
        /// County, district: 6 digits.
        District = "district", "区", "district";
        /// Subdistrict: 9 digits.
        Street = "street", "街道", "subdistrict";
        /// Village committee: 12 digits, the last three 200–399.
        Village = "village", "村", "village";
        /// Neighbourhood committee: 12 digits, the last three 001–199 or 400 and up.
        Community = "community", "社区", "community";
        /// An industrial block or market with a station of its own: 12 digits, a local code (901 and up).
        Area = "area", "片区", "area";
        /// A grid: 15 digits; 9xx at the end is a dedicated one (factory, market, campus, estate).
        Grid = "grid", "网格", "grid";
    }
}

impl Tier {
    /// How many digits a code of this tier has.
    #[must_use]
    pub const fn digits(self) -> usize {
        match self {
            Self::District => 6,
            Self::Street => 9,
            Self::Village | Self::Community | Self::Area => 12,
            Self::Grid => 15,
        }
    }

    /// Whether a place of this tier has a station of its own.
    #[must_use]
    pub const fn has_station(self) -> bool {
        matches!(self, Self::Village | Self::Community | Self::Area)
    }
}

coded! {
    /// What sort of body a unit is.
    UnitKind {
        /// The district's centre, above the street.
        DistrictCenter = "district_center", "区社会治理中心", "district centre";
        /// The street's command room, its 小脑.
        CommandRoom = "command_room", "指挥室", "command room";
        /// The office of 一办八组.
        Office = "office", "办公室", "office";
        /// A group of 一办八组.
        Group = "group", "工作组", "group";
        /// 社会综合治理站.
        Station = "station", "综治站", "station";
        /// A line department with people at the stations.
        Department = "department", "部门", "department";
        /// A body outside the house, without accounts, reached through the command room.
        External = "external", "外部单位", "outside body";
        /// The team of one grid.
        GridTeam = "grid_team", "网格团队", "grid team";
    }
}

coded! {
    /// What a unit is for: the hint by which routing rules name a unit without knowing the street.
    Function {
        /// The command room itself.
        Command = "command", "指挥室", "command room";
        /// Public security.
        Police = "police", "公安", "police";
        /// Traffic police.
        TrafficPolice = "traffic_police", "交警", "traffic police";
        /// Comprehensive administrative enforcement.
        Enforcement = "enforcement", "综合行政执法", "administrative enforcement";
        /// The people's tribunal.
        Court = "court", "法院", "court";
        /// The procuratorate.
        Procuratorate = "procuratorate", "检察院", "procuratorate";
        /// The judicial office.
        Justice = "justice", "司法所", "judicial office";
        /// The market regulator.
        Market = "market", "市场监管", "market regulation";
        /// Human resources, labour inspection.
        Labour = "labour", "人社", "labour";
        /// Fire and emergency management.
        FireEmergency = "fire_emergency", "消防应急", "fire and emergency";
        /// Housing and construction.
        Housing = "housing", "住建", "housing";
        /// Planning, natural resources, environment.
        PlanningEnvironment = "planning_environment", "规划资源与生态环境", "planning and environment";
        /// The office of 一办八组.
        Office = "office", "综合协调", "coordination";
        /// Group: overall command.
        GroupCommand = "group_command", "综合指挥", "overall command";
        /// Group: disputes and petitions.
        GroupMediation = "group_mediation", "矛盾化解", "disputes and petitions";
        /// Group: public order.
        GroupSecurity = "group_security", "社会治安", "public order";
        /// Group: fire and work safety.
        GroupSafety = "group_safety", "公共安全", "public safety";
        /// Group: traffic.
        GroupTraffic = "group_traffic", "交通治理", "traffic";
        /// Group: floating population and rented rooms.
        GroupFloating = "group_floating", "流动人口与出租房", "floating population and rented rooms";
        /// Group: grids and mass prevention.
        GroupGrid = "group_grid", "网格与群防群治", "grids and mass prevention";
        /// Group: law publicity and inspection.
        GroupLaw = "group_law", "法治宣传与督查考核", "law publicity and inspection";
        /// Health.
        Health = "health", "卫生健康", "health";
        /// Civil affairs.
        Civil = "civil", "民政", "civil affairs";
        /// Agriculture and rural affairs.
        Agriculture = "agriculture", "农业农村", "agriculture";
        /// The women's federation.
        Women = "women", "妇联", "women's federation";
        /// The trade union.
        Union = "union", "工会", "trade union";
        /// The committee for medical disputes.
        MedicalMediation = "medical_mediation", "医疗纠纷调解", "medical mediation";
        /// The political and legal committee.
        PoliticsLaw = "politics_law", "政法委", "political and legal committee";
        /// Discipline inspection.
        Discipline = "discipline", "纪检监察", "discipline inspection";
        /// Veterans.
        Veterans = "veterans", "退役军人服务", "veterans";
        /// Education, culture and sport.
        Education = "education", "教育文体", "education";
        /// Transport.
        Transport = "transport", "交通运输", "transport";
        /// The office for urban construction and property management.
        Urban = "urban", "城建物业", "urban construction";
        /// The group for relocation.
        Relocation = "relocation", "征迁安置", "relocation";
        /// Economy and financial mediation.
        Finance = "finance", "经发与金融调解", "finance";
        /// Water, electricity and gas companies.
        Utilities = "utilities", "水电气企业", "utilities";
        /// Postal administration.
        Postal = "postal", "邮政管理", "postal administration";
        /// The organisation department.
        Organisation = "organisation", "组织部门", "organisation department";
        /// Legal aid.
        LegalAid = "legal_aid", "法律援助", "legal aid";
    }
}

coded! {
    /// What a post does; who may do which act is said in these words.
    PostKind {
        /// Receives and registers at a station, day or night.
        DeskClerk = "desk_clerk", "受理员", "desk clerk";
        /// Heads a station.
        StationChief = "station_chief", "站长", "station chief";
        /// Heads a department or a group.
        UnitHead = "unit_head", "单位负责人", "head of unit";
        /// Heads the command room.
        CommandHead = "command_head", "指挥长", "head of the command room";
        /// Handles matters in a station or a department.
        UnitOfficer = "unit_officer", "经办", "officer";
        /// Follows up in a grid.
        GridWorker = "grid_worker", "网格员", "grid worker";
        /// Directs from the command room.
        CommandOfficer = "command_officer", "指挥员", "command officer";
        /// The one on duty in the command room.
        DutyOfficer = "duty_officer", "值班长", "duty officer";
        /// Checks what was fed back; never the doer.
        Checker = "checker", "核查员", "checker";
        /// Calls people back; never of the unit that handled the matter.
        CallbackClerk = "callback_clerk", "回访员", "call-back clerk";
        /// Files closed matters.
        Archivist = "archivist", "档案员", "archivist";
        /// Mediates.
        Mediator = "mediator", "调解员", "mediator";
        /// Stands beside the chief of a station.
        DeputyChief = "deputy_chief", "副站长", "deputy station chief";
        /// Sits at a station for another unit (常驻, 轮驻, 随驻).
        Seconded = "seconded", "派驻人员", "posted person";
        /// Heads a grid: the one of 1+3+N.
        GridLeader = "grid_leader", "网格长", "grid leader";
        /// Works part-time in a grid: one of its three.
        PartGridWorker = "part_grid_worker", "兼职网格员", "part-time grid worker";
        /// The street's cadre who guides a grid: one of its three.
        GridGuide = "grid_guide", "网格指导员", "grid guide";
        /// Heads a micro-grid.
        MicroGridLeader = "micro_grid_leader", "微网格长", "micro-grid leader";
        /// Helps the police in a grid.
        GridVolunteer = "grid_volunteer", "网格义警", "grid volunteer";
        /// Looks after the safety of a factory grid.
        FactoryWarden = "factory_warden", "平安厂区专管员", "factory warden";
        /// Looks after the floating population of a grid.
        FloatingWarden = "floating_warden", "流动人口专管员", "floating-population warden";
        /// Enters a grid for another unit, as one of a mixed 综警网+ team.
        GridPartner = "grid_partner", "联村入网队员", "grid partner";
        /// A lawyer of the public-interest roster.
        Lawyer = "lawyer", "公益律师", "lawyer";
        /// Counsels people in distress.
        Counsellor = "counsellor", "心理咨询员", "counsellor";
        /// Serves in a micro fire station.
        FireCrew = "fire_crew", "微消队员", "fire crew";
        /// Guards the way to a school.
        SchoolGuard = "school_guard", "护学岗", "school guard";
        /// Patrols.
        Patroller = "patroller", "巡逻队员", "patroller";
        /// Leads the street.
        StreetLeader = "street_leader", "街道领导", "street leader";
        /// Runs the system; sees no matter.
        SystemAdmin = "system_admin", "系统管理员", "system administrator";
        /// Grants and withdraws posts; sees no matter.
        SecurityAdmin = "security_admin", "安全管理员", "security administrator";
        /// Reads the trail of the other two.
        Auditor = "auditor", "审计员", "auditor";
    }
}

impl PostKind {
    /// The post by whose rules this one acts and sees: what may be done is said for a handful of posts, and the many names of a station's and a grid's people are
    /// these posts by another name. Lawyers, counsellors, crews, guards and patrols stand for themselves: they see only what they have a part in.
    #[must_use]
    pub const fn acts_as(self) -> Self {
        match self {
            Self::DeputyChief => Self::StationChief,
            Self::Seconded => Self::UnitOfficer,
            Self::GridLeader
            | Self::PartGridWorker
            | Self::GridGuide
            | Self::MicroGridLeader
            | Self::GridVolunteer
            | Self::FactoryWarden
            | Self::FloatingWarden
            | Self::GridPartner => Self::GridWorker,
            own => own,
        }
    }

    /// Whether the post is one of a grid's team (the post then names its grid).
    #[must_use]
    pub const fn of_grid(self) -> bool {
        matches!(self.acts_as(), Self::GridWorker)
    }

    /// Whether somebody of another unit holds it.
    #[must_use]
    pub const fn for_others(self) -> bool {
        matches!(self, Self::Seconded | Self::GridPartner)
    }

    /// Where the post usually stands in 1+3+N; a row may say otherwise.
    #[must_use]
    pub const fn usual_standing(self) -> super::Standing {
        match self {
            Self::StationChief | Self::GridLeader | Self::UnitHead | Self::CommandHead => super::Standing::One,
            Self::DeskClerk | Self::UnitOfficer | Self::Mediator | Self::GridWorker | Self::PartGridWorker | Self::GridGuide => super::Standing::Three,
            _ => super::Standing::Others,
        }
    }
}
