using Aspire.Dashboard.Telemetry;

namespace Shop.Tests.Unit.Dashboard;

public sealed class LogStoreTests
{
    [Fact]
    public void The_newest_records_stay_and_the_dropped_are_counted()
    {
        var store = new LogStore(new TelemetryLimits { MaxLogCount = 3 });

        store.Add([.. Enumerable.Range(1, 5).Select(i => Sample.Log($"line {i}"))]);

        Assert.Equal(["line 5", "line 4", "line 3"], store.Snapshot().Select(record => record.Message));
        Assert.Equal(2, store.Dropped);
        Assert.Null(store.Find(2));
        Assert.Equal("line 3", store.Find(3)!.Message);
        Assert.Null(store.Find(6));
    }

    [Fact]
    public void Large_records_drive_out_more_than_one_and_the_newest_stays_however_large()
    {
        var store = new LogStore(new TelemetryLimits { MaxLogBytes = 100_000 });

        store.Add([.. Enumerable.Range(1, 10).Select(i => Sample.Log(Text(i, 10_000)))]); // 20,000 bytes each, and a little.
        Assert.Equal(["10", "9", "8", "7"], store.Snapshot().Select(record => record.Message.Trim('.')));
        Assert.Equal(6, store.Dropped);
        Assert.Null(store.Find(6));

        store.Add([Sample.Log(Text(11, 20_000))]);
        Assert.Equal(["11", "10", "9"], store.Snapshot().Select(record => record.Message.Trim('.')));

        store.Add([Sample.Log(Text(12, 200_000))]);
        Assert.Equal(12, Assert.Single(store.Snapshot()).Number);

        store.Clear();
        store.Add([.. Enumerable.Range(13, 4).Select(i => Sample.Log(Text(i, 10_000)))]);
        Assert.Equal((4, 11), (store.Snapshot().Length, store.Dropped));

        static string Text(int number, int length) => $"{number}".PadRight(length, '.');
    }

    [Fact]
    public void Attributes_count_too()
    {
        var store = new LogStore(new TelemetryLimits { MaxLogBytes = 100_000 });

        store.Add([.. Enumerable.Range(1, 10).Select(i => Sample.Log("failed") with { Attributes = new AttributeList([new("exception.stacktrace", new string('x', 8_192))]) })]);

        Assert.Equal((5, 5), (store.Snapshot().Length, store.Dropped));
    }

    [Fact]
    public void Cleared_it_goes_on_counting_where_it_was()
    {
        var store = new LogStore(new TelemetryLimits { MaxLogCount = 3 });
        store.Add([Sample.Log("before")]);

        store.Clear();
        store.Add([Sample.Log("after")]);

        Assert.Equal(2, Assert.Single(store.Snapshot()).Number);
        Assert.Equal(0, store.Dropped);
    }

    [Fact]
    public void Records_of_services_that_send_in_batches_are_shown_in_the_order_of_their_time()
    {
        var store = new LogStore(new TelemetryLimits());
        store.Add([At(10, "a"), At(30, "c")]);
        store.Add([At(20, "b"), At(30, "d"), At(5, "0")]);

        Assert.Equal(["d", "c", "b", "a", "0"], store.Snapshot().NewestFirst().Select(record => record.Message));
        Assert.Equal(["d", "c", "b"], store.Snapshot().NewestFirst().Take(3).Select(record => record.Message));
        Assert.Equal(["0", "a", "b", "c", "d"], store.Snapshot().OldestFirst().Select(record => record.Message));
    }

    private static LogRecord At(long milliseconds, string message) => Sample.Log(message) with { Time = Sample.At(milliseconds) };
}
