namespace Portal.Receivables;

/// <summary>Which invoices a payment is probably for, and why. Questions with an answer; no database.</summary>
public static class PaymentMatching
{
    /// <summary>The payment names it.</summary>
    public const string ByReference = "reference";

    /// <summary>The one that is open with exactly what is left of the payment.</summary>
    public const string ByAmount = "amount";

    /// <summary>What has been owed for longest.</summary>
    public const string ByAge = "oldest";

    // Shorter order numbers stand in too many sentences.
    const int ShortestName = 4;

    /// <summary>
    /// Proposes: first those that the reference names, the earliest due first; then, with what is left, the one that is open with exactly that
    /// amount; then the oldest. Each may be paid in part; what nothing needs is left over and stays on account.
    /// </summary>
    /// <param name="amount">What is to be used.</param>
    /// <param name="reference">What the payer wrote.</param>
    /// <param name="debits">What is open, in any order.</param>
    /// <param name="oldestToo">False leaves out what is only old: a guess that a person should confirm.</param>
    public static IReadOnlyList<ProposedMatch> Propose(decimal amount, string? reference, IReadOnlyList<OpenDebit> debits, bool oldestToo)
    {
        var rest = amount;
        var proposed = new List<ProposedMatch>();
        var byAge = debits.Where(debit => debit.OpenAmount > 0).OrderBy(debit => debit.DueOn).ThenBy(debit => debit.OpenItemId).ToList();
        Take(byAge.Where(debit => IsNamed(reference, debit)), ByReference);
        Take(byAge.Except(proposed.Select(match => match.Debit)).Where(debit => debit.OpenAmount == rest).Take(1), ByAmount);
        if (oldestToo)
        {
            Take(byAge.Except(proposed.Select(match => match.Debit)), ByAge);
        }

        return proposed;

        void Take(IEnumerable<OpenDebit> some, string how)
        {
            foreach (var debit in some.ToList())
            {
                if (rest > 0)
                {
                    var part = Math.Min(rest, debit.OpenAmount);
                    proposed.Add(new(debit, part, how));
                    rest -= part;
                }
            }
        }
    }

    /// <summary>True when the words name the invoice, its order or the buyer's own order number, as a whole word.</summary>
    public static bool IsNamed(string? reference, OpenDebit debit) =>
        reference is not null && new[] { debit.Number, debit.LegalNumber, debit.OrderNumber, debit.PoNumber }.Any(name => name is { Length: >= ShortestName } && HasWord(reference, name));

    static bool HasWord(string text, string word)
    {
        for (var at = text.IndexOf(word, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(word, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            if ((at == 0 || !IsInside(text[at - 1])) && (at + word.Length == text.Length || !IsInside(text[at + word.Length])))
            {
                return true;
            }
        }

        return false;
    }

    static bool IsInside(char character) => character is '-' or (>= '0' and <= '9') or (>= 'A' and <= 'Z') or (>= 'a' and <= 'z');
}

/// <summary>An open document that payments can go to.</summary>
/// <param name="OpenItemId">The key.</param>
/// <param name="Number">Its public number.</param>
/// <param name="LegalNumber">Its number in the seller's series.</param>
/// <param name="OrderNumber">The order it is for.</param>
/// <param name="PoNumber">The buyer's own number of the order.</param>
/// <param name="DueOn">When it is due.</param>
/// <param name="OpenAmount">What is open of it.</param>
public sealed record OpenDebit(long OpenItemId, string Number, string? LegalNumber, string? OrderNumber, string? PoNumber, DateOnly DueOn, decimal OpenAmount);

/// <summary>A proposal: so much of a payment goes to that invoice.</summary>
/// <param name="Debit">The invoice.</param>
/// <param name="Amount">How much.</param>
/// <param name="How">Why: <c>reference</c>, <c>amount</c> or <c>oldest</c>.</param>
public sealed record ProposedMatch(OpenDebit Debit, decimal Amount, string How);
