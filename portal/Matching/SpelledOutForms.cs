namespace Portal.Matching;

/// <summary>
/// Legal forms spelled out, as the company law of their country names them, in words as <see cref="CompanyName"/> writes them (lower case, no accents). No package of the registries in use has them; they are those of the
/// portal's languages and of the countries that cleanco's abbreviations in <c>Tables/legal-forms.tsv</c> are taken from.
/// </summary>
static class SpelledOutForms
{
    /// <summary>Each form's words and its group.</summary>
    public static IReadOnlyList<(string[] Words, string Group)> All { get; } = [.. new (string Group, string Forms)[]
    {
        // Germany (AktG, GmbHG, HGB, GenG), Austria, Switzerland.
        ("limited", "gesellschaft mit beschrankter haftung; gemeinnutzige gesellschaft mit beschrankter haftung; gemeinnutzige gmbh; unternehmergesellschaft haftungsbeschrankt; unternehmergesellschaft; ug haftungsbeschrankt"),
        ("joint_stock", "kommanditgesellschaft auf aktien; europaische gesellschaft; societas europaea; europaische aktiengesellschaft"),
        ("partnership", "offene handelsgesellschaft; gesellschaft burgerlichen rechts; eingetragene genossenschaft; eingetragener verein; eingetragener kaufmann; partnerschaftsgesellschaft"),

        // The Netherlands and Belgium (Burgerlijk Wetboek, book 2).
        ("limited", "besloten vennootschap; besloten vennootschap met beperkte aansprakelijkheid"),
        ("joint_stock", "naamloze vennootschap"),
        ("partnership", "commanditaire vennootschap; vennootschap onder firma; cooperatie ua; cooperatieve vennootschap"),

        // France (Code de commerce, book II), Luxembourg, Switzerland.
        ("joint_stock", "societe anonyme; societe par actions simplifiee; societe par actions simplifiee unipersonnelle; societe europeenne; societe en commandite par actions"),
        ("limited", "societe a responsabilite limitee; entreprise unipersonnelle a responsabilite limitee"),
        ("partnership", "societe en commandite simple; societe en nom collectif; societe civile; groupement d interet economique"),

        // Spain and Latin America (Ley de Sociedades de Capital).
        ("joint_stock", "sociedad anonima; sociedad anonima unipersonal; sociedad anonima de capital variable; sa de cv; sociedad anonima cerrada; sociedad por acciones simplificada"),
        ("limited", "sociedad limitada; sociedad limitada unipersonal; sociedad de responsabilidad limitada; s de rl de cv; sociedad de responsabilidad limitada de capital variable"),

        // Portugal and Brazil.
        ("joint_stock", "sociedade anonima"),
        ("limited", "sociedade por quotas; sociedade limitada; unipessoal lda; sociedade unipessoal lda; sociedade unipessoal por quotas; empresa individual de responsabilidade limitada"),

        // Italy (Codice civile, book V).
        ("joint_stock", "societa per azioni"),
        ("limited", "societa a responsabilita limitata; societa a responsabilita limitata semplificata; srl unipersonale"),
        ("partnership", "societa in accomandita semplice; societa in accomandita per azioni; societa in nome collettivo; societa cooperativa"),

        // Poland (Kodeks spółek handlowych).
        ("joint_stock", "spolka akcyjna; prosta spolka akcyjna"),
        ("limited", "spolka z ograniczona odpowiedzialnoscia; spolka zoo; spolka z oo; sp zoo; sp z oo"),
        ("partnership", "spolka komandytowa; spolka komandytowo akcyjna; spolka jawna; spolka partnerska; spolka cywilna"),

        // Other countries of the European Union, Norway, Turkey; a.s. and A.Ş. are with A/S and AS, which are written alike.
        ("limited", "societatea cu raspundere limitata; spolecnost s rucenim omezenym; spolocnost s rucenim obmedzenym; korlatolt felelossegu tarsasag; limited sirketi; ltd sti; limited sti; privat aktiebolag; akciova spolecnost; akciova spolocnost; anonim sirketi"),
        ("joint_stock", "reszvenytarsasag; zartkoruen mukodo reszvenytarsasag; nyilvanosan mukodo reszvenytarsasag; publikt aktiebolag; julkinen osakeyhtio; societatea pe actiuni"),

        // Russia, in its own letters and in Latin ones.
        ("llc", "общество с ограниченнои ответственностью; obshchestvo s ogranichennoy otvetstvennostyu; obshchestvo s ogranichennoi otvetstvennostiu; obschestvo s ogranichennoy otvetstvennostyu"),
        ("joint_stock", "публичное акционерное общество; открытое акционерное общество; закрытое акционерное общество; акционерное общество; publichnoe aktsionernoe obshchestvo; otkrytoe aktsionernoe obshchestvo; zakrytoe aktsionernoe obshchestvo; aktsionernoe obshchestvo"),

        // English law and its descendants, India, Malaysia, Indonesia.
        ("joint_stock", "public limited company; public limited; joint stock company; public joint stock company; open joint stock company; closed joint stock company; perseroan terbatas"),
        ("llc", "limited liability company; limited liability partnership; limited liability co; limited partnership"),
        ("partnership", "general partnership"),
        ("limited", "private limited company; private limited; sendirian berhad; proprietary limited; pvt ltd; pte ltd; pty ltd"),

        // Japan, and China in pinyin, syllable by syllable and word by word.
        ("joint_stock", "kabushiki kaisha; kabushiki gaisha; gu fen you xian gong si; gufen youxian gongsi; gu fen gong si; gufen gongsi; gu fen you xian ze ren gong si"),
        ("limited", "yugen kaisha; you xian ze ren gong si; you xian gong si; kong gu you xian gong si; youxian zeren gongsi; youxian gongsi"),
        ("llc", "godo kaisha"),
        ("company", "ji tuan; jituan"),
    }.SelectMany(line => line.Forms.Split("; ").Select(form => (form.Split(' '), line.Group)))];
}
