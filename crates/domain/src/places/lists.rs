//! The coded lists of a station and its grids: what sort of grid, what a station does, its zones, what stands in them, how people are posted.

use crate::kernel::coded;

coded! {
    /// What sort of grid a place of the tier grid is.
    GridKind {
        /// An ordinary grid of a village or community.
        Base = "base", "基础网格", "base grid";
        /// A factory or industrial block.
        Factory = "factory", "厂区网格", "factory";
        /// A market.
        Market = "market", "市场网格", "market";
        /// A school.
        Campus = "campus", "校园网格", "campus";
        /// A housing estate.
        Estate = "estate", "小区网格", "estate";
    }
}

coded! {
    /// What a station does: five in one (五站合一).
    StationFunction {
        /// Information and command.
        Smart = "smart", "智治站", "information";
        /// Police.
        Police = "police", "警务站", "police";
        /// Traffic.
        Traffic = "traffic", "交治站", "traffic";
        /// Mediation.
        Mediation = "mediation", "矛调站", "mediation";
        /// Micro fire station.
        Fire = "fire", "微消站", "fire";
    }
}

coded! {
    /// The six zones of a station (六大功能区块).
    Zone {
        /// Where people come in.
        Reception = "reception", "群众来访接待区", "reception";
        /// Where disputes are mediated.
        Mediation = "mediation", "多元调解服务区", "mediation";
        /// Where police and traffic matters are handled.
        PoliceTraffic = "police_traffic", "警务交通处理区", "police and traffic";
        /// Where screens and telephones are.
        Command = "command", "综合信息指挥区", "information and command";
        /// Where the fire crew and its equipment are.
        Emergency = "emergency", "应急消防联动区", "emergency and fire";
        /// Where people are taught.
        Education = "education", "多功能宣教区", "education";
    }
}

coded! {
    /// Where a post stands in the establishment 1+3+N.
    Standing {
        /// The one who heads it.
        One = "one", "1", "the one";
        /// One of the three that work in it.
        Three = "three", "3", "the three";
        /// All others.
        Others = "others", "N", "the others";
    }
}

coded! {
    /// How a person of another unit is at a station.
    Presence {
        /// Always there.
        Resident = "resident", "常驻", "resident";
        /// There on certain days.
        Rotating = "rotating", "轮驻", "rotating";
        /// Comes when called.
        OnCall = "on_call", "随驻", "on call";
    }
}

coded! {
    /// What a room is booked for. No names: who and why stands in the matter.
    RoomUse {
        /// A mediation.
        Mediation = "mediation", "调解", "mediation";
        /// Receiving visitors.
        Reception = "reception", "接访", "reception";
        /// A hearing.
        Hearing = "hearing", "听证评议", "hearing";
        /// A lawyer's or counsellor's hour.
        Service = "service", "法律、心理服务", "legal or psychological service";
        /// A meeting.
        Meeting = "meeting", "会议研判", "meeting";
        /// Teaching.
        Training = "training", "宣教培训", "training";
        /// A drill.
        Drill = "drill", "演练", "drill";
        /// Anything else.
        Other = "other", "其他", "other";
    }
}

coded! {
    /// What stands or hangs at a station: signs that an inspector asks for (`domain.md` §2.4), and equipment.
    EquipmentKind {
        /// Name plate.
        NamePlate = "name_plate", "站牌", "name plate";
        /// Sign of a zone.
        ZoneSign = "zone_sign", "功能区标识", "zone sign";
        /// The flow chart on the wall.
        FlowChart = "flow_chart", "运行流程图", "flow chart";
        /// Table of the units that are there, and who is on duty.
        DutyBoard = "duty_board", "进驻单位与值班公示牌", "duty board";
        /// What is taken on and what not, fees, telephone of supervision.
        RulesBoard = "rules_board", "受理范围与监督公示牌", "rules board";
        /// Sign of a grid with its people.
        GridNotice = "grid_notice", "网格公示牌", "grid notice";
        /// Computer, printer.
        Computer = "computer", "电脑打印设备", "computer";
        /// Screen.
        Screen = "screen", "显示屏", "screen";
        /// Telephone or radio.
        Radio = "radio", "电话对讲", "telephone or radio";
        /// Camera.
        Camera = "camera", "摄像记录设备", "camera";
        /// Extinguishers.
        Extinguisher = "extinguisher", "灭火器", "extinguisher";
        /// Pump, hose, suits.
        FireKit = "fire_kit", "消防器材装备", "fire kit";
        /// Vehicle.
        Vehicle = "vehicle", "车辆", "vehicle";
        /// First aid.
        FirstAid = "first_aid", "急救设备", "first aid";
        /// Shield, stick.
        Guard = "guard", "安防装备", "guard equipment";
        /// Anything else.
        Other = "other", "其他", "other";
    }
}

impl EquipmentKind {
    /// Whether it is a sign and not a device.
    #[must_use]
    pub const fn is_sign(self) -> bool {
        matches!(self, Self::NamePlate | Self::ZoneSign | Self::FlowChart | Self::DutyBoard | Self::RulesBoard | Self::GridNotice)
    }
}

coded! {
    /// How it is.
    EquipmentState {
        /// In order.
        Good = "good", "完好", "in order";
        /// Out of order.
        Faulty = "faulty", "故障", "out of order";
        /// Being repaired.
        Repair = "repair", "维修中", "being repaired";
        /// Not there.
        Missing = "missing", "缺失", "missing";
        /// Taken out of service.
        Retired = "retired", "停用", "retired";
    }
}
