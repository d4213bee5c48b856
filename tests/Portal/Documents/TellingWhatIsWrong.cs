using System.Globalization;
using Platform.Texts;
using Portal.Documents;
using Portal.Documents.Tables;

namespace Portal.Tests.Documents;

public sealed class TellingWhatIsWrong
{
    static readonly TextBook Book = new([typeof(DocumentSettings).Assembly]);

    [Theory]
    [InlineData("en", "Row 12,345 is in another encoding than the rest of the file (UTF-8). Open the file in Excel or an editor, check the row and save all of it as CSV UTF-8.")]
    [InlineData("zh-CN", "第 12,345 行的编码与文件其余部分（UTF-8）不一致。请用 Excel 或编辑器打开，检查该行后整体另存为 CSV UTF-8。")]
    public void A_refusal_names_the_row_and_the_remedy(string language, string sentence)
    {
        var refusal = new TableRefusal(TableRefusalKind.MixedEncodings, 12345, Detail: "UTF-8");

        Assert.Equal(sentence, In(language, () => refusal.Describe(new Texts(Book))));
    }

    [Theory]
    [InlineData("en", "The cell in row 7, column “price” shows the error #N/A. Correct the formula or enter the value.")]
    [InlineData("zh-CN", "第 7 行“price”列显示错误 #N/A。请更正公式或直接填写数值。")]
    public void A_refusal_names_the_column_where_it_is_about_one(string language, string sentence)
    {
        var refusal = new TableRefusal(TableRefusalKind.CellError, 7, "price", "#N/A");

        Assert.Equal(sentence, In(language, () => refusal.Describe(new Texts(Book))));
    }

    [Fact]
    public void Every_refusal_has_its_sentence_in_every_language()
    {
        Assert.All(
            from kind in Enum.GetValues<TableRefusalKind>() from language in TextBook.Languages select (kind, language),
            each => Assert.NotNull(Book.Find(new TableRefusal(each.kind).TextKey, each.language)));
    }

    static string In(string language, Func<string> say)
    {
        var before = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
            return say();
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = before;
        }
    }
}
