using System.Security.Cryptography;
using System.Text;
using Platform.Database;
using Portal.Demo;

namespace Portal.Attachments;

/// <summary>The demo's files: minutes with a dispute, a list of rooms with a deal.</summary>
sealed class AttachmentsDemo(Db db, AttachmentStore attachments, TimeProvider clock) : IDemoPart
{
    public int Order => 43;

    public async Task SeedAsync(DateOnly today, CancellationToken ct)
    {
        var dispute = await db.FindAsync<(long Id, long PartnerId)?>("""
            select d.dispute_id, s.partner_id from dispute d join dispute_side s using (dispute_id) where d.kind = 'claim' and s.side = 'claimant' order by d.dispute_id limit 1
            """, null, ct);
        if (dispute is var (id, partner))
        {
            await KeepAsync(new(IsDispute: true, id, "", partner, ByBrand: false), "现场勘测会议纪要.txt", "txt", "时间：二月十日\n地点：客户会议室\n内容：宴会厅与会议中心改造方案评审，客户确认由我方提交报价。\n", ct);
        }

        var deal = await db.FindAsync<(long Id, long PartnerId)?>("""
            select d.deal_id, d.partner_id from deal d join end_customer c using (end_customer_id) where c.name = '杭州云栖智谷科技有限公司' and d.status = 'approved' order by d.deal_id limit 1
            """, null, ct);
        if (deal is var (dealId, dealPartner))
        {
            await KeepAsync(new(IsDispute: false, dealId, "", dealPartner, ByBrand: false), "会议室清单.csv", "csv", "楼层,会议室,座位\n3,云栖厅,20\n3,龙井厅,12\n4,西溪厅,8\n", ct);
        }
    }

    Task KeepAsync(AttachedTo record, string name, string kind, string words, CancellationToken ct)
    {
        var content = Encoding.UTF8.GetBytes(words);
        return attachments.InsertAsync(record, PublicNumber.From("A", "demo attachment " + name), name, kind, content, SHA256.HashData(content), clock.GetUtcNow().UtcDateTime, ct);
    }
}
