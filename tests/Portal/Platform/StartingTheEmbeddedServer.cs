using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Platform;
using Platform.Database.Embedded;
using Shouldly;
using static Portal.Tests.PlatformRules.ServerOfATest;

namespace Portal.Tests.PlatformRules;

public sealed class StartingTheEmbeddedServer
{
    [Fact]
    public async Task The_first_start_makes_a_database_that_searches_chinese_text_and_asks_for_passwords()
    {
        await using var test = new ServerOfATest();

        var server = await test.StartAsync();

        (await AskAsync<string>(server, "show server_encoding")).ShouldBe("UTF8");
        (await AskAsync<string>(server, "select datctype::text from pg_database where datname = 'postgres'")).ShouldBe("C.UTF-8");
        (await AskAsync<string>(server, "show listen_addresses")).ShouldBe("127.0.0.1");
        (await AskAsync<string>(server, "show unix_socket_directories")).ShouldBe("");
        (await AskAsync<string>(server, "show synchronous_commit")).ShouldBe("on");
        (await AskAsync<string>(server, "select string_agg(distinct auth_method, ' ') from pg_hba_file_rules")).ShouldBe("scram-sha-256");
        File.GetUnixFileMode(Path.Combine(test.DataFolder, "database.json")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task A_second_start_uses_the_server_that_runs()
    {
        await using var test = new ServerOfATest();
        var first = await test.StartAsync();

        var second = await test.StartAsync();

        second.ServerProcess.ShouldNotBeNull().ShouldBe(first.ServerProcess!.Value);
        second.Port.ShouldBe(first.Port);
    }

    [Fact]
    public async Task Two_that_start_at_the_same_moment_get_one_server()
    {
        await using var test = new ServerOfATest();

        var servers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(test.StartAsync)));

        servers.Select(server => server.ServerProcess).Distinct().ShouldHaveSingleItem().ShouldNotBeNull();
    }

    [Fact]
    public async Task A_killed_server_is_started_again_with_all_that_was_committed()
    {
        await using var test = new ServerOfATest();
        var killed = await test.StartAsync();
        await AskAsync<object>(killed, "create table kept (word text); insert into kept values ('committed')");
        await KillAsync(killed);
        killed.WasKilled.ShouldBeTrue();

        var server = await test.StartAsync();

        (await AskAsync<string>(server, "select word from kept")).ShouldBe("committed");
        server.Port.ShouldBe(killed.Port);
    }

    [Fact]
    public async Task A_process_that_has_inherited_the_number_of_a_killed_server_is_not_taken_for_it()
    {
        await using var test = new ServerOfATest();
        await KillAsync(await test.StartAsync());
        var pidFile = Path.Combine(test.DataFolder, "postgres", "postmaster.pid");
        var lines = await File.ReadAllLinesAsync(pidFile);
        lines[0] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        await File.WriteAllLinesAsync(pidFile, lines);

        var server = await test.StartAsync();

        server.ServerProcess.ShouldNotBeNull().ShouldNotBe(Environment.ProcessId);
    }

    [Fact]
    public async Task A_running_service_starts_its_killed_server_again_but_leaves_a_stopped_one_alone()
    {
        await using var test = new ServerOfATest();
        var server = await test.StartAsync();
        using var host = new HostBuilder().ConfigureServices(services => services
            .AddSingleton(server).AddSingleton(TimeProvider.System).AddHostedService<EmbeddedPostgresWatch>()).Build();
        await host.StartAsync();

        await KillAsync(server);
        await WaitUntilAsync(() => server.ServerProcess is not null);
        await test.StartAsync();
        (await AskAsync<int>(server, "select 1")).ShouldBe(1);

        await test.StopAsync();
        await Task.Delay(TimeSpan.FromSeconds(3));
        server.ServerProcess.ShouldBeNull();
        await host.StopAsync();
    }

    [Fact]
    public async Task Where_another_program_has_taken_the_remembered_port_the_server_moves_to_a_free_one()
    {
        await using var test = new ServerOfATest();
        var before = await test.StartAsync();
        await test.StopAsync();
        using var squatter = new TcpListener(IPAddress.Loopback, before.Port);
        squatter.Start();

        var server = await test.StartAsync();

        server.Port.ShouldNotBe(before.Port);
        (await AskAsync<int>(server, "select 1")).ShouldBe(1);
    }

    [Fact]
    public async Task A_configured_port_that_is_taken_stops_the_start_with_one_sentence()
    {
        await using var test = new ServerOfATest();
        using var squatter = new TcpListener(IPAddress.Loopback, 0);
        squatter.Start();
        var port = ((IPEndPoint)squatter.LocalEndpoint).Port;
        test.Options = test.Options with { Port = port };

        var refused = await Should.ThrowAsync<CannotStartException>(test.StartAsync);

        refused.Message.ShouldBe($"Port {port} on 127.0.0.1, which the database shall use, is taken by another program: end that one, or leave Portal__DatabasePort out and a free port is found.");
    }

    [Fact]
    public async Task Without_PostgreSQL_the_start_stops_and_says_how_to_get_it()
    {
        await using var test = new ServerOfATest();
        test.Options = test.Options with { BinaryFolder = "/usr/lib/nowhere" };

        var refused = await Should.ThrowAsync<CannotStartException>(test.StartAsync);

        refused.Message.ShouldBe("PostgreSQL is missing in /usr/lib/nowhere: install it (Debian: apt-get install postgresql-15), let ./run.sh install it, or set ConnectionStrings__Portal and ConnectionStrings__Identity to a server of your own.");
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_written_is_named()
    {
        await using var test = new ServerOfATest();
        test.Options = test.Options with { DataFolder = "/proc/data" };

        var refused = await Should.ThrowAsync<CannotStartException>(test.StartAsync);

        refused.Message.ShouldStartWith("The data folder /proc/data cannot be written (");
        refused.Message.ShouldEndWith("): give it to this user, or name another with --data DIR or Portal__DataFolder.");
    }

    [Fact]
    public async Task A_server_that_does_not_come_up_is_quoted()
    {
        await using var test = new ServerOfATest();
        test.Options = test.Options with { Settings = new Dictionary<string, string> { ["shared_buffers"] = "plenty" } };

        var refused = await Should.ThrowAsync<CannotStartException>(test.StartAsync);

        refused.Message.ShouldStartWith("The database did not come up; the last line of its log: ");
        refused.Message.ShouldContain("partnerportal.conf");
        refused.Message.ShouldNotContain("\n");
    }

    [Fact]
    public async Task Passwords_of_another_database_are_refused_with_the_name_of_the_file()
    {
        await using var test = new ServerOfATest();
        await test.StartAsync();
        var file = Path.Combine(test.DataFolder, "database.json");
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("\"postgres\": \"", "\"postgres\": \"x", StringComparison.Ordinal));

        var refused = await Should.ThrowAsync<CannotStartException>(test.StartAsync);

        refused.Message.ShouldBe($"The database refuses the password in {file}: put back the file that belongs to it.");
    }

    [Fact]
    public async Task A_lost_password_file_is_named_before_anything_is_overwritten()
    {
        await using var test = new ServerOfATest();
        await test.StartAsync();
        await test.StopAsync();
        var file = Path.Combine(test.DataFolder, "database.json");
        File.Delete(file);

        var refused = await Should.ThrowAsync<CannotStartException>(test.StartAsync);

        refused.Message.ShouldBe($"{file} with the passwords of the database is missing: put it back from a backup, or begin anew in another data folder.");
    }

    [Fact]
    public async Task A_database_whose_version_cannot_be_read_is_named()
    {
        await using var test = new ServerOfATest();
        await test.StartAsync();
        await test.StopAsync();
        var postgres = Path.Combine(test.DataFolder, "postgres");
        await File.WriteAllTextAsync(Path.Combine(postgres, "PG_VERSION"), "");

        var refused = await Should.ThrowAsync<CannotStartException>(test.StartAsync);

        refused.Message.ShouldBe($"The database in {postgres} is damaged, its file PG_VERSION names no version: restore it from a backup, or begin anew in another data folder.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{ \"port\": 20")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{ \"port\": 20000, \"passwords\": { \"postgres\": \"secret\" } }")]
    public async Task A_damaged_password_file_is_named_in_one_sentence_and_left_as_it_is(string content)
    {
        await using var test = new ServerOfATest();
        Directory.CreateDirectory(test.DataFolder);
        var file = Path.Combine(test.DataFolder, "database.json");
        await File.WriteAllTextAsync(file, content);

        var refused = await Should.ThrowAsync<CannotStartException>(test.StartAsync);

        refused.Message.ShouldBe($"{file} with the passwords of the database is damaged: put it back from a backup, or begin anew in another data folder.");
        (await File.ReadAllTextAsync(file)).ShouldBe(content);
    }

    [Fact]
    public async Task A_data_folder_that_the_servers_user_cannot_reach_holds_a_link_to_where_the_database_stands()
    {
        await using var test = new ServerOfATest();
        File.SetUnixFileMode(test.Parent, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var server = await test.StartAsync();

        (await AskAsync<int>(server, "select 1")).ShouldBe(1);
        // Only root gives the server to another user; anybody else can reach the own folder.
        new DirectoryInfo(Path.Combine(test.DataFolder, "postgres")).LinkTarget?.StartsWith("/var/lib/partnerportal/", StringComparison.Ordinal)
            .ShouldBe(Environment.IsPrivilegedProcess);
        (await test.StartAsync()).ServerProcess.ShouldBe(server.ServerProcess);
    }
}
