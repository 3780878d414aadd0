using System.Diagnostics;
using Shop.ServiceDefaults.Telemetry;

namespace Shop.Tests.Unit.ServiceDefaults;

public sealed class UnparentedStatementsTests
{
    [Theory]
    [InlineData("Npgsql", false, false)]
    [InlineData("Npgsql", true, true)]
    [InlineData("Shop.Messaging", false, true)]
    public void Sql_is_exported_only_as_a_part_of_something(string source, bool inRequest, bool exported)
    {
        using var filter = new UnparentedStatements();
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        using var activities = new ActivitySource(source);
        var parent = inRequest ? new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded) : default;
        using var activity = activities.CreateActivity("SELECT", ActivityKind.Client, parent)!.Start();

        filter.OnEnd(activity);

        Assert.Equal(exported, activity.Recorded);
    }

    [Fact]
    public void Sql_of_a_request_that_is_not_exported_is_not_exported()
    {
        using var filter = new UnparentedStatements();
        using var request = new Activity("health").Start();
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        using var activities = new ActivitySource("Npgsql");
        using var activity = activities.StartActivity("SELECT", ActivityKind.Client)!;
        Assert.True(activity.Recorded);

        filter.OnEnd(activity);

        Assert.False(activity.Recorded);
    }
}
