"""The same workbooks by XlsxWriter: quotes as the portal makes them, and a long list in constant-memory mode. Prints the seconds it took, without starting and without reading the input."""
import datetime, io, json, sys, time
import xlsxwriter


def quote(q, target):
    book = xlsxwriter.Workbook(target, {'in_memory': True} if not isinstance(target, str) else {})
    sheet = book.add_worksheet('Quotation')
    d = q['minorUnits']
    number = '#,##0' + ('.' + '0' * d if d else '')
    base = {'font_name': 'Arial', 'font_size': 10, 'font_color': '#1D2733', 'valign': 'vcenter'}
    f = lambda **more: book.add_format({**base, **more})
    title, label, plain = f(bold=True, font_size=18), f(font_color='#5B6875'), f()
    head = f(bold=True, font_color='#1C5D7D', bg_color='#EDF3F6', bottom=1, text_wrap=True)
    head_right = f(bold=True, font_color='#1C5D7D', bg_color='#EDF3F6', bottom=1, text_wrap=True, align='right')
    wrap, whole, money, percent, day = f(text_wrap=True), f(num_format='#,##0'), f(num_format=number), f(num_format='0.0%'), f(num_format='yyyy-mm-dd', align='left')
    price = f(num_format='#,##0.0000')
    total_label, total = f(bold=True, top=1, align='right'), f(bold=True, top=1, num_format=number)
    right, grand = f(align='right'), f(bold=True, top=1, num_format=number + ' "' + q['currency'] + '"')
    sheet.set_landscape(); sheet.set_paper(9); sheet.fit_to_pages(1, 0); sheet.repeat_rows(7, 7); sheet.freeze_panes(8, 0); sheet.hide_gridlines(2); sheet.protect()
    sheet.set_header('&L&8' + q['seller'] + '&C&8Quotation'); sheet.set_footer('&L&8' + q['number'] + '&R&8Page &P of &N')
    for column, width in enumerate([6, 18, 44, 11, 14, 11, 14, 16]):
        sheet.set_column(column, column, width)
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, 'Quotation', title)
    for row, (name, value) in enumerate([('Number', q['number']), ('From', q['seller']), ('To', q['customer'])], 1):
        sheet.write_string(row, 0, name, label); sheet.write_string(row, 2, value, plain)
    for row, (name, value) in enumerate([('Date', q['sentOn']), ('Valid until', q['validUntil'])], 4):
        sheet.write_string(row, 0, name, label); sheet.write_datetime(row, 2, datetime.datetime.fromisoformat(value), day)
    sheet.write_string(6, 0, 'Currency', label); sheet.write_string(6, 2, q['currency'], plain)
    for column, name in enumerate(['No.', 'SKU', 'Product', 'Qty', 'Price', 'Discount', 'Unit price', 'Amount']):
        sheet.write_string(7, column, name, head if column < 3 else head_right)
    row = 8
    for l in q['lines']:
        r = row + 1
        sheet.set_row(row, 30)
        sheet.write_number(row, 0, l['number'], whole); sheet.write_string(row, 1, l['sku'], plain); sheet.write_string(row, 2, l['name'], wrap)
        sheet.write_number(row, 3, l['quantity'], whole); sheet.write_number(row, 4, l['price'], price); sheet.write_number(row, 5, l['discount'], percent)
        sheet.write_formula(row, 6, '=IF(F%d=0,E%d,ROUND(E%d*(1-F%d),%d))' % (r, r, r, r, d), price, l['unitPrice'])
        sheet.write_formula(row, 7, '=ROUND(D%d*G%d,%d)' % (r, r, d), money, l['amount'])
        row += 1
    sheet.write_string(row, 6, 'Net total', total_label); sheet.write_formula(row, 7, '=ROUND(SUM(H9:H%d),%d)' % (row, d), total, q['net'])
    sheet.write_string(row + 1, 6, 'Tax', right); sheet.write_formula(row + 1, 7, '=ROUND(H%d*%s,%d)' % (row + 1, q['rate'], d), money, q['tax'])
    sheet.write_string(row + 2, 6, 'Total', total_label); sheet.write_formula(row + 2, 7, '=ROUND(H%d+H%d,%d)' % (row + 1, row + 2, d), grand, q['total'])
    origin = book.add_worksheet('PartnerPortal'); origin.hide(); origin.protect()
    for at, (name, value) in enumerate([('property', 'value'), ('quote', q['number']), ('revision', '1'), ('state', 'sent'), ('sha256', 'a' * 64), ('currency', q['currency']), ('copy', 'offer')]):
        origin.write_string(at, 0, name); origin.write_string(at, 1, value)
    book.close()


def export(rows, target):
    book = xlsxwriter.Workbook(target, {'constant_memory': True})
    sheet = book.add_worksheet('Orders')
    head, money = book.add_format({'bold': True, 'bg_color': '#EDF3F6'}), book.add_format({'num_format': '#,##0.00'})
    percent, day, moment = book.add_format({'num_format': '0.0%'}), book.add_format({'num_format': 'yyyy-mm-dd'}), book.add_format({'num_format': 'yyyy-mm-dd hh:mm'})
    sheet.freeze_panes(1, 0)
    for column in range(10):
        sheet.set_column(column, column, 16)
        sheet.write_string(0, column, 'Column %d' % column, head)
    first = datetime.datetime(2026, 1, 1)
    for i in range(rows):
        r, at = i + 1, first + datetime.timedelta(days=i % 365, hours=13, minutes=45)
        sheet.write_string(r, 0, 'PO-%06d' % i); sheet.write_string(r, 1, 'Customer 客户 %d' % i); sheet.write_string(r, 2, 'Standing desk, electric & quiet'); sheet.write_number(r, 3, i % 500)
        sheet.write_number(r, 4, i * 12.34, money); sheet.write_number(r, 5, (i % 500) * 0.5, money); sheet.write_number(r, 6, 0.125, percent)
        sheet.write_datetime(r, 7, at, day); sheet.write_datetime(r, 8, at, moment); sheet.write_string(r, 9, 'confirmed')
    sheet.autofilter(0, 0, rows, 9)
    book.close()


if sys.argv[1] == 'quotes':
    quotes = json.load(open(sys.argv[2], encoding='utf-8'))
    quote(quotes[0], sys.argv[3])
    began = time.perf_counter()
    for q in quotes:
        quote(q, io.BytesIO())
    print(time.perf_counter() - began)
else:
    began = time.perf_counter()
    export(int(sys.argv[2]), sys.argv[3])
    print(time.perf_counter() - began)
