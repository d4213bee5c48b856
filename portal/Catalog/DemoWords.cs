namespace Portal.Catalog;

/// <summary>What the categories and colours of the demo's products are called in Chinese.</summary>
static class DemoWords
{
    /// <summary>The Chinese word; null for none and for a word that has none here.</summary>
    internal static string? Chinese(string? word) => word is null ? null : Words.GetValueOrDefault(word);

    static readonly Dictionary<string, string> Words = new(StringComparer.Ordinal)
    {
        ["Height-adjustable"] = "升降桌", ["Benches"] = "工作台", ["Controls"] = "控制器", ["Accessories"] = "配件", ["Task chairs"] = "办公椅", ["Conference"] = "会议椅", ["Stools"] = "凳子", ["Lounge"] = "休闲坐具",
        ["Visitor chairs"] = "访客椅", ["Room panels"] = "会议预定屏", ["Boards"] = "会议平板", ["Video"] = "视频设备", ["Audio"] = "音频设备", ["Pods"] = "静音舱", ["Displays"] = "会议屏", ["Booking panels"] = "预定门牌",
        ["Microphones"] = "麦克风", ["Gates"] = "通道闸机", ["Doors"] = "门禁", ["Visitors"] = "访客管理", ["Lockers"] = "储物柜", ["Sensors"] = "传感器", ["Readers"] = "读卡器", ["Panels"] = "平板灯", ["Linear"] = "线形灯",
        ["Desk lamps"] = "台灯", ["Luminaires"] = "灯具", ["Air"] = "空气净化", ["Desks"] = "工位", ["Offices"] = "办公室", ["Rooms"] = "会议室", ["Services"] = "服务", ["Software"] = "软件",
        ["white"] = "白色", ["oak"] = "橡木色", ["walnut"] = "胡桃木色", ["grey"] = "灰色", ["black"] = "黑色",
    };
}
