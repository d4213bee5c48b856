-- The rules the product comes with; finance of the brand adds and ends rules on the page. Standard rates as in force when this was written,
-- with what held before where it changed recently.
insert into tax_rule (seller_country, buyer_country, tax_class, rate, treatment, reason, reason_zh, valid, set_at)
select country, country, class, rate, 'taxed', format('%s %s', name, rate_text), format('%s %s', name_zh, rate_text), daterange(starts, ends), '2026-11-29Z'
from (values
    ('CN', 'standard', 0.13,  'VAT', '增值税', '13%',   '2019-04-01'::date, null::date),
    ('CN', 'reduced',  0.09,  'VAT', '增值税', '9%',    '2019-04-01', null),
    ('AT', 'standard', 0.20,  'VAT', '增值税', '20%',   '2020-01-01', null),
    ('BE', 'standard', 0.21,  'VAT', '增值税', '21%',   '2020-01-01', null),
    ('CZ', 'standard', 0.21,  'VAT', '增值税', '21%',   '2020-01-01', null),
    ('DE', 'standard', 0.19,  'VAT', '增值税', '19%',   '2021-01-01', null),
    ('DE', 'reduced',  0.07,  'VAT', '增值税', '7%',    '2021-01-01', null),
    ('DK', 'standard', 0.25,  'VAT', '增值税', '25%',   '2020-01-01', null),
    ('ES', 'standard', 0.21,  'VAT', '增值税', '21%',   '2020-01-01', null),
    ('FI', 'standard', 0.24,  'VAT', '增值税', '24%',   '2020-01-01', '2024-09-01'),
    ('FI', 'standard', 0.255, 'VAT', '增值税', '25.5%', '2024-09-01', null),
    ('FR', 'standard', 0.20,  'VAT', '增值税', '20%',   '2020-01-01', null),
    ('FR', 'reduced',  0.055, 'VAT', '增值税', '5.5%',  '2020-01-01', null),
    ('IE', 'standard', 0.23,  'VAT', '增值税', '23%',   '2021-03-01', null),
    ('IT', 'standard', 0.22,  'VAT', '增值税', '22%',   '2020-01-01', null),
    ('LU', 'standard', 0.17,  'VAT', '增值税', '17%',   '2024-01-01', null),
    ('NL', 'standard', 0.21,  'VAT', '增值税', '21%',   '2020-01-01', null),
    ('NL', 'reduced',  0.09,  'VAT', '增值税', '9%',    '2020-01-01', null),
    ('PL', 'standard', 0.23,  'VAT', '增值税', '23%',   '2020-01-01', null),
    ('PT', 'standard', 0.23,  'VAT', '增值税', '23%',   '2020-01-01', null),
    ('SE', 'standard', 0.25,  'VAT', '增值税', '25%',   '2020-01-01', null),
    ('SK', 'standard', 0.20,  'VAT', '增值税', '20%',   '2020-01-01', '2025-01-01'),
    ('SK', 'standard', 0.23,  'VAT', '增值税', '23%',   '2025-01-01', null),
    ('GB', 'standard', 0.20,  'VAT', '增值税', '20%',   '2020-01-01', null),
    ('JP', 'standard', 0.10,  'consumption tax', '消费税', '10%', '2019-10-01', null),
    ('KR', 'standard', 0.10,  'VAT', '增值税', '10%',   '2020-01-01', null),
    ('SG', 'standard', 0.09,  'GST', '商品及服务税', '9%', '2024-01-01', null)
) as domestic (country, class, rate, name, name_zh, rate_text, starts, ends);

-- Zero-rated goods of those countries.
insert into tax_rule (seller_country, buyer_country, tax_class, rate, treatment, reason, reason_zh, valid, set_at)
select distinct seller_country, seller_country, 'zero', 0, 'exempt', 'Zero-rated', '适用零税率', '[2019-01-01,)'::daterange, '2026-11-29Z'::timestamptz
from tax_rule;

-- Between two member states of the European Union the buyer accounts for the tax.
insert into tax_rule (seller_country, buyer_country, tax_class, rate, treatment, reason, reason_zh, valid, set_at)
select seller, buyer, null::text, 0, 'reverse_charge', 'Intra-Community supply, exempt under Article 138 of Directive 2006/112/EC; VAT is accounted for by the recipient', '欧盟内部供货，依据 2006/112/EC 指令第 138 条免税，由收货方申报增值税',
       '[2020-01-01,)', '2026-11-29Z'
from unnest(array['AT','BE','BG','HR','CY','CZ','DK','EE','FI','FR','DE','GR','HU','IE','IT','LV','LT','LU','MT','NL','PL','PT','RO','SK','SI','ES','SE']) as seller,
     unnest(array['AT','BE','BG','HR','CY','CZ','DK','EE','FI','FR','DE','GR','HU','IE','IT','LV','LT','LU','MT','NL','PL','PT','RO','SK','SI','ES','SE']) as buyer
where seller <> buyer;

-- Out of the country, to wherever no closer rule leads.
insert into tax_rule (seller_country, buyer_country, tax_class, rate, treatment, reason, reason_zh, valid, set_at)
select distinct seller_country, null::text, null::text, 0, 'export', 'Export of goods, zero-rated', '货物出口，适用零税率', '[2019-01-01,)'::daterange, '2026-11-29Z'::timestamptz
from tax_rule where seller_country = buyer_country;
insert into tax_rule (seller_country, buyer_country, tax_class, rate, treatment, reason, reason_zh, valid, set_at) values
    ('US', 'US', null, 0, 'exempt', 'Sale for resale, no sales tax collected', '转售交易，不代收销售税', '[2019-01-01,)', '2026-11-29Z'),
    ('US', null, null, 0, 'export', 'Export of goods', '货物出口', '[2019-01-01,)', '2026-11-29Z'),
    (null, null, null, 0, 'outside', 'No tax rule is kept for the seller''s country; tax is not shown here', '未维护卖方所在国的税务规则，本单据不计税', '[2019-01-01,)', '2026-11-29Z');
