using Dapper;

namespace Platform.Database;

/// <summary>How rows become records: <c>customer_name</c> fills <c>CustomerName</c>.</summary>
static class DapperSetup
{
    public static void Apply() => DefaultTypeMap.MatchNamesWithUnderscores = true;
}
