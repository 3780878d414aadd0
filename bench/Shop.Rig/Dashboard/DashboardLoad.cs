using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Aspire.Dashboard.Otlp.Protocol;
using Google.Protobuf;
using Shop.Rig.Bench;
using Shop.Rig.Bench.Load;
using Shop.Rig.Setup;

namespace Shop.Rig.Dashboard;

/// <summary><c>dashboard-load</c>: so many spans and log records a second into a dashboard of its own, while somebody looks at its pages.</summary>
internal sealed class DashboardLoad : IDisposable
{
    public const string Usage = "sends spans and as many log records to the dashboard: [PER SECOND] [SECONDS]; 5000 and 60 by default";
    private const string Dashboard = "dashboard";
    private const int DefaultRate = 5_000;
    private const int DefaultSeconds = 60;

    // As large as the batches of .NET's exporter, from as many services as the shop has.
    private const int Batch = 512;
    private const int Services = 8;
    private const int SpansOfTrace = 32;
    private const int MaxUnanswered = 64;
    private const int Attributes = 8;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);
    private static readonly string[] Paths = ["/traces", "/structuredlogs"];

    private readonly string _token = RandomNumberGenerator.GetHexString(32);
    private readonly Process _process;
    private readonly ProcessMeter _meter;
    private readonly HttpClient _receiver;
    private readonly HttpClient _browser;
    private readonly SemaphoreSlim _unanswered = new(MaxUnanswered);
    private readonly ConcurrentDictionary<string, int> _refusals = new();
    private readonly ConcurrentBag<TimeSpan> _answers = [];
    private readonly Dictionary<string, List<TimeSpan>> _pages = Paths.ToDictionary(path => path, _ => new List<TimeSpan>());
    private long _sent;
    private long _refused;

    private DashboardLoad()
    {
        var (pages, telemetry, grpc) = (FreePort.Find(), FreePort.Find(), FreePort.Find());
        var start = new ProcessStartInfo("dotnet") { ArgumentList = { "exec", typeof(Aspire.Dashboard.DashboardApp).Assembly.Location }, RedirectStandardOutput = true };
        foreach (var (name, value) in new[]
        {
            ("ASPNETCORE_URLS", $"http://127.0.0.1:{pages}"),
            ("ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", $"http://127.0.0.1:{telemetry}"),
            ("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", $"http://127.0.0.1:{grpc}"),
            ("Dashboard__Frontend__BrowserToken", _token),
            ("Dashboard__Otlp__PrimaryApiKey", _token),
            ("Logging__LogLevel__Default", "Warning"),
        })
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _meter = new ProcessMeter(new Dictionary<string, int> { [Dashboard] = _process.Id });
        _process.OutputDataReceived += (_, line) => Console.WriteLine(line.Data);
        _process.BeginOutputReadLine();
        _receiver = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{telemetry}") };
        _receiver.DefaultRequestHeaders.Add("x-otlp-api-key", _token);
        _browser = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{pages}") };
    }

    public static async Task<int> RunAsync(string[] arguments)
    {
        var rate = Number(arguments, 0, DefaultRate);
        var seconds = Number(arguments, 1, DefaultSeconds);
        if (rate < 1 || seconds < 1)
        {
            Console.Error.WriteLine($"dashboard-load {Usage}");
            return 2;
        }

        using var load = new DashboardLoad();
        await load.StartAsync();
        return await load.RunAsync(rate, TimeSpan.FromSeconds(seconds)) ? 0 : 1;
    }

    public void Dispose()
    {
        _receiver.Dispose();
        _browser.Dispose();
        _unanswered.Dispose();
        _process.Kill();
        _process.Dispose();
    }

    private async Task StartAsync()
    {
        using var limit = new CancellationTokenSource(StartTime);
        while (true)
        {
            try
            {
                using var page = await _browser.GetAsync(new Uri($"/login?t={_token}", UriKind.Relative), limit.Token);
                page.EnsureSuccessStatusCode();
                return;
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                await Task.Delay(Tick, limit.Token); // It does not listen yet.
            }
        }
    }

    /// <returns>Whether nothing was refused.</returns>
    private async Task<bool> RunAsync(int rate, TimeSpan length)
    {
        foreach (var path in Paths)
            await LookAsync(path, counts: false);
        var before = Read();
        var peak = before.PssBytes;
        using var ending = new CancellationTokenSource();
        var looking = LookOnAsync(() => peak = Math.Max(peak, Read().PssBytes), ending.Token);

        var watch = Stopwatch.StartNew();
        var sends = new List<Task>();
        long due = 0;
        for (var tick = 1; watch.Elapsed < length; tick++)
        {
            for (var wanted = (long)(rate * tick * Tick.TotalSeconds); due + Batch <= wanted; due += Batch)
            {
                var service = (int)(due / Batch % Services);
                sends.Add(await SendAsync("/v1/traces", Spans(service), Batch));
                sends.Add(await SendAsync("/v1/logs", Logs(service), Batch));
            }

            sends.RemoveAll(send => send.IsCompletedSuccessfully);
            if (tick * Tick - watch.Elapsed is { Ticks: > 0 } early)
                await Task.Delay(early);
        }

        await Task.WhenAll(sends);
        var (elapsed, after) = (watch.Elapsed, Read());
        await ending.CancelAsync();
        await looking;

        var answers = new Percentiles(_answers);
        Write("spans and log records sent", $"{_sent:N0} in {elapsed.TotalSeconds:0.0} s");
        Write("refused", $"{_refused:N0} {string.Join(", ", _refusals.Select(refusal => $"{refusal.Key}: {refusal.Value}"))}".TrimEnd());
        Write("answer to a batch of 512, p50 / p95 / p99", $"{answers.At(0.5):0.0} / {answers.At(0.95):0.0} / {answers.At(0.99):0.0} ms");
        foreach (var (path, times) in _pages)
        {
            var page = new Percentiles(times);
            Write($"{path}, p50 / p95 / slowest of {times.Count}", $"{page.At(0.5):0} / {page.At(0.95):0} / {page.At(1):0} ms");
        }

        Write("processor time of the dashboard", $"{100 * (after.Cpu - before.Cpu) / elapsed:0} % of a core");
        Write("memory (PSS) before / most / after", $"{Megabytes(before.PssBytes)} / {Megabytes(peak)} / {Megabytes(after.PssBytes)} MB");
        return _refused == 0;
    }

    private Usage Read() => _meter.Read(withMemory: true)[Dashboard];

    private static void Write(string name, string value) => Console.WriteLine($"{name,-48}{value}");

    private static string Megabytes(long bytes) => (bytes / 1_000_000).ToString(CultureInfo.InvariantCulture);

    /// <summary>Sends without waiting for the answer, unless too many are outstanding.</summary>
    private async Task<Task> SendAsync(string path, IMessage message, int items)
    {
        await _unanswered.WaitAsync();
        return AnswerAsync();

        async Task AnswerAsync()
        {
            try
            {
                var watch = Stopwatch.StartNew();
                using var content = new ByteArrayContent(message.ToByteArray());
                content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
                using var response = await _receiver.PostAsync(new Uri(path, UriKind.Relative), content);
                Interlocked.Add(ref _sent, items);
                // An answer with something in it says what was refused.
                if (response.StatusCode == HttpStatusCode.OK && response.Content.Headers.ContentLength == 0)
                {
                    _answers.Add(watch.Elapsed);
                    return;
                }

                Interlocked.Add(ref _refused, items);
                _refusals.AddOrUpdate($"{(int)response.StatusCode}", 1, (_, count) => count + 1);
            }
            finally
            {
                _unanswered.Release();
            }
        }
    }

    private async Task LookOnAsync(Action measure, CancellationToken cancellationToken)
    {
        for (var i = 0; !cancellationToken.IsCancellationRequested; i++)
        {
            await LookAsync(Paths[i % Paths.Length], counts: true);
            measure();
            await Task.Delay(Look, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAsync(string path, bool counts)
    {
        var watch = Stopwatch.StartNew();
        await _browser.GetStringAsync(new Uri(path, UriKind.Relative));
        if (counts)
            _pages[path].Add(watch.Elapsed);
    }

    private static ExportTraceServiceRequest Spans(int service)
    {
        var scope = new ScopeSpans { Scope = new InstrumentationScope { Name = "Shop.Rig" } };
        for (var i = 0; i < Batch; i += SpansOfTrace)
        {
            var trace = Id(16);
            var root = ByteString.Empty;
            for (var j = 0; j < SpansOfTrace; j++)
            {
                var (id, now) = (Id(8), Nanoseconds());
                var span = new SpanMessage
                {
                    TraceId = trace, SpanId = id, ParentSpanId = root, Name = $"step {j}", Kind = 1,
                    StartTimeUnixNano = now - 5_000_000, EndTimeUnixNano = now,
                };
                span.Attributes.Add(Some());
                scope.Spans.Add(span);
                root = root.IsEmpty ? id : root;
            }
        }

        return new ExportTraceServiceRequest { ResourceSpans = { new ResourceSpans { Resource = Sender(service), ScopeSpans = { scope } } } };
    }

    private static ExportLogsServiceRequest Logs(int service)
    {
        var scope = new ScopeLogs { Scope = new InstrumentationScope { Name = "Shop.Rig.Category" } };
        for (var i = 0; i < Batch; i++)
        {
            var record = new LogRecordMessage
            {
                TimeUnixNano = Nanoseconds(), SeverityNumber = 9, Body = Text($"order {Guid.NewGuid()} was accepted"), TraceId = Id(16), SpanId = Id(8),
            };
            record.Attributes.Add(Some());
            scope.LogRecords.Add(record);
        }

        return new ExportLogsServiceRequest { ResourceLogs = { new ResourceLogs { Resource = Sender(service), ScopeLogs = { scope } } } };
    }

    private static Resource Sender(int service) => new()
    {
        Attributes = { new KeyValue { Key = "service.name", Value = Text($"service-{service}") }, new KeyValue { Key = "service.instance.id", Value = Text("1") } },
    };

    // Most values come again and again; one is new each time, as ids are.
    private static IEnumerable<KeyValue> Some() => Enumerable.Range(0, Attributes)
        .Select(i => new KeyValue { Key = $"http.attribute.{i}", Value = Text(i == 0 ? Guid.NewGuid().ToString() : $"value {i} of an attribute") });

    private static AnyValue Text(string text) => new() { StringValue = text };

    private static ByteString Id(int length) => ByteString.CopyFrom(RandomNumberGenerator.GetBytes(length));

    private static ulong Nanoseconds() => (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1_000_000;

    private static int Number(string[] arguments, int index, int byDefault) => arguments.Length <= index ? byDefault
        : int.TryParse(arguments[index], CultureInfo.InvariantCulture, out var number) ? number : -1;
}
