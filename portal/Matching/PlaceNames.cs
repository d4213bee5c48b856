using System.Collections.Frozen;

namespace Portal.Matching;

/// <summary>
/// Provinces and larger cities of China as they begin a company's name, and countries as they end one. A short list: enough to see that
/// 杭州云栖科技 and 浙江云栖科技 may be one company and that 北京云栖科技 and 上海云栖科技 are probably two.
/// </summary>
static class PlaceNames
{
    static readonly string[] Provinces =
    [
        "北京", "上海", "天津", "重庆", "香港", "澳门", "台湾", "内蒙古",
        "河北 石家庄 唐山 保定 邯郸 廊坊 沧州 秦皇岛 张家口 承德 衡水 邢台", "山西 太原 大同 长治 运城 临汾", "辽宁 沈阳 大连 鞍山 抚顺 锦州 营口", "吉林 长春 延边", "黑龙江 哈尔滨 大庆 齐齐哈尔 牡丹江",
        "江苏 南京 苏州 无锡 常州 徐州 南通 扬州 镇江 泰州 盐城 连云港 淮安 宿迁 昆山 江阴 常熟 张家港", "浙江 杭州 宁波 温州 绍兴 嘉兴 湖州 金华 台州 义乌 衢州 丽水 舟山", "安徽 合肥 芜湖 蚌埠 马鞍山 安庆 滁州 阜阳",
        "福建 福州 厦门 泉州 漳州 莆田 龙岩 三明 南平 宁德", "江西 南昌 赣州 九江 上饶 景德镇", "山东 济南 青岛 烟台 潍坊 淄博 威海 临沂 济宁 泰安 德州 东营 日照 聊城 滨州 菏泽 枣庄",
        "河南 郑州 洛阳 开封 新乡 南阳 许昌 安阳 焦作", "湖北 武汉 宜昌 襄阳 黄石 荆州 十堰 孝感", "湖南 长沙 株洲 湘潭 衡阳 岳阳 常德 郴州",
        "广东 广州 深圳 东莞 佛山 珠海 中山 惠州 汕头 江门 湛江 肇庆 揭阳 潮州 清远 韶关", "广西 南宁 柳州 桂林 北海", "海南 海口 三亚", "四川 成都 绵阳 德阳 宜宾 泸州 自贡 乐山", "贵州 贵阳 遵义", "云南 昆明 曲靖 大理 玉溪",
        "西藏 拉萨", "陕西 西安 咸阳 宝鸡 渭南", "甘肃 兰州 天水", "青海 西宁", "宁夏 银川", "新疆 乌鲁木齐", "中国", "全国",
    ];

    static readonly FrozenDictionary<string, string> ProvinceOf = Provinces.SelectMany(line => line.Split(' ') is var names ? names.Select(name => (name, names[0])) : [])
        .ToFrozenDictionary(pair => pair.name, pair => pair.Item2, StringComparer.Ordinal);

    static readonly string[] Endings = ["维吾尔自治区", "壮族自治区", "回族自治区", "特别行政区", "自治区", "省", "市"];

    // Words of trade: what stays when a place is cut must be more than one of these, or the place was the name (台湾水泥, 北京银行).
    static readonly FrozenSet<string> Trades = new[]
    {
        "水泥", "银行", "科技", "钢铁", "汽车", "电力", "石油", "机场", "地产", "航空", "大学", "医院", "地铁", "燃气", "港口", "高速", "证券", "保险", "信托", "能源", "电信", "移动", "联通", "铁路", "烟草", "水务",
        "电子", "网络", "贸易", "实业", "建设", "投资", "控股", "发展", "工业", "化工", "医药", "食品", "旅游", "传媒", "文化", "教育", "物流", "电气", "机械", "集团", "股份", "技术", "信息", "钢管", "重工", "啤酒", "城建",
    }.ToFrozenSet(StringComparer.Ordinal);

    static readonly FrozenSet<string> Countries = new[]
    {
        "china", "prc", "hongkong", "taiwan", "japan", "korea", "india", "singapore", "asia", "europe", "germany", "deutschland", "austria", "switzerland", "schweiz", "france", "italia", "italy",
        "espana", "spain", "portugal", "nederland", "netherlands", "holland", "belgium", "polska", "poland", "uk", "usa", "us", "america", "canada", "brasil", "brazil", "mexico", "australia", "shanghai", "beijing", "shenzhen",
        "guangzhou", "hangzhou", "suzhou",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>True for a province, a city or 中国, with or without its 省 or 市.</summary>
    public static bool IsPlace(string text) => ProvinceOf.ContainsKey(WithoutEnding(text));

    /// <summary>True for a country, or a large city, in Latin letters.</summary>
    public static bool IsCountry(string word) => Countries.Contains(word);

    /// <summary>The short name of a place: 浙江省 is 浙江.</summary>
    public static string Short(string place) => WithoutEnding(place);

    /// <summary>Cuts places off the beginning of a Chinese name, as long as more than a word of trade remains.</summary>
    public static (string Left, IReadOnlyList<string> Places) CutChinese(string name)
    {
        var cut = new List<string>();
        while (LengthOfPlaceAtStart(name) is var length and > 0 && IsMoreThanATrade(name[length..]))
        {
            cut.Add(WithoutEnding(name[..length]));
            name = name[length..];
        }

        return (name, cut);
    }

    /// <summary>False only where both name a place and neither lies in the other.</summary>
    public static bool Agree(IReadOnlyCollection<string> mine, IReadOnlyCollection<string> theirs) =>
        mine.Count == 0 || theirs.Count == 0 || mine.Any(place => theirs.Any(other => Overlap(place, other)));

    static bool Overlap(string one, string other) =>
        string.Equals(one, other, StringComparison.Ordinal)
        || string.Equals(ProvinceOf.GetValueOrDefault(one), other, StringComparison.Ordinal)
        || string.Equals(ProvinceOf.GetValueOrDefault(other), one, StringComparison.Ordinal);

    static int LengthOfPlaceAtStart(string name)
    {
        for (var length = Math.Min(4, name.Length - 1); length >= 2; length--)
        {
            if (ProvinceOf.ContainsKey(name[..length]))
            {
                var ending = Endings.FirstOrDefault(ending => name.AsSpan(length).StartsWith(ending, StringComparison.Ordinal));
                return length + (ending?.Length ?? 0);
            }
        }

        return 0;
    }

    static bool IsMoreThanATrade(string rest) =>
        rest.Length >= 2 && !Trades.Contains(rest) && !(rest.Length == 4 && Trades.Contains(rest[..2]) && Trades.Contains(rest[2..]));

    static string WithoutEnding(string place) =>
        Endings.FirstOrDefault(ending => place.Length > ending.Length + 1 && place.EndsWith(ending, StringComparison.Ordinal)) is { } found ? place[..^found.Length] : place;
}
