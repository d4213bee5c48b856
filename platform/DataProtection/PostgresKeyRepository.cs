using System.Xml.Linq;
using Dapper;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Npgsql;

namespace Platform.DataProtection;

/// <summary>Keeps the key ring in the service's schema, so that every instance reads what any of them protected.</summary>
/// <param name="source">The pool of the application's role. Data Protection asks synchronously, a few times a day.</param>
sealed class PostgresKeyRepository(NpgsqlDataSource source) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() =>
        AsTheProduct((connection, transaction) => connection
            .Query<string>("select xml from data_protection_key order by data_protection_key_id", transaction: transaction)
            .Select(XElement.Parse)
            .ToList());

    public void StoreElement(XElement element, string friendlyName) =>
        AsTheProduct((connection, transaction) => connection.Execute(
            "insert into data_protection_key (friendly_name, xml) values (@friendlyName, @xml)",
            new { friendlyName, xml = element.ToString(SaveOptions.DisableFormatting) },
            transaction));

    T AsTheProduct<T>(Func<NpgsqlConnection, NpgsqlTransaction, T> work)
    {
        using var connection = source.OpenConnection();
        using var transaction = connection.BeginTransaction();
        connection.Execute("select enter_as_system('data protection')", transaction: transaction);
        var result = work(connection, transaction);
        transaction.Commit();
        return result;
    }
}
