public import ArgumentParser
import AuspexDetection
import AuspexEvaluation
public import AuspexSignals
import AuspexWire

/// Forecasts the series of a table.
struct Forecast: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say where each series of a table will be, and when it reaches a threshold.",
        discussion: """
            CSV or NDJSON with times, also compressed with gzip; - reads standard input. One line for each series: the value \
            to expect after the horizon with the band that holds it with the probability of --coverage, and how long until \
            the threshold: expected, and from earliest to latest. Bands are as wide as this series' own past forecasts were \
            wrong, and hold while nobody intervenes. No cycles are modelled.
            """)

    @Argument(help: "A file; - for standard input.")
    var input: String

    @Option(help: "How far ahead, such as 30m, 4h or 7d.")
    var horizon: TimeSpan

    @Option(help: "The value of which is asked when it is reached.")
    var threshold: Double?

    @Option(help: "rising or falling; by default from where the series is towards the threshold.")
    var direction: SeriesForecaster.Direction?

    @Option(help: "The share of values that the bands hold: 0.5 to 0.95.")
    var coverage = SeriesForecaster.defaultCoverage

    @Option(help: "table or json.")
    var format: TextOrJSON = .table

    @OptionGroup var columns: InputColumns

    func validate() throws {
        guard horizon > .zero else { throw ValidationError("--horizon must be longer than 0") }
        let range = SeriesForecaster.coverages
        guard range.contains(coverage) else {
            throw ValidationError("--coverage must be \(range.lowerBound) to \(range.upperBound), not \(coverage)")
        }
        if let threshold, !threshold.isFinite { throw ValidationError("--threshold must be a finite number") }
        guard direction == nil || threshold != nil else {
            throw ValidationError("--direction needs a --threshold")
        }
    }

    func run() async throws {
        let series = try Failure.ofInput { try samples() }
        let lines = series.map { ForecastLine($0, self) }
        switch format {
        case .json: Terminal.print(try json(lines))
        case .table:
            let rows = lines.map { $0.cells(asksArrival: threshold != nil) }
            Terminal.print(aligned([ForecastLine.head(horizon, threshold)] + rows))
        }
    }

    private func samples() throws -> [SeriesSamples] {
        guard let series = try TableReader(options: columns.options.table).read(path: input).seriesSamples else {
            throw Failure(
                .input, "\(input): has no times; a forecast needs a column or member 'timestamp', or --time-column")
        }
        return series
    }
}

/// What is said of one series.
private struct ForecastLine: Encodable {
    var series: String
    var time: Timestamp?
    var value: Double?
    var forecast: Expectation?
    var arrival: Times?
    /// Why there is no forecast.
    var note: String?

    /// When the threshold is reached, in milliseconds from the last sample; what is missing lies beyond the horizon.
    struct Times: Encodable {
        enum CodingKeys: String, CodingKey {
            case earliest = "earliest_ms"
            case expected = "expected_ms"
            case latest = "latest_ms"
            case horizon = "horizon_ms"
        }

        var earliest: Int64?
        var expected: Int64?
        var latest: Int64?
        var horizon: Int64

        init(_ arrival: Arrival) {
            earliest = arrival.earliest?.milliseconds
            expected = arrival.expected?.milliseconds
            latest = arrival.latest?.milliseconds
            horizon = arrival.horizon.milliseconds
        }
    }

    init(_ part: SeriesSamples, _ command: Forecast) {
        series = part.labels.description
        var forecaster = SeriesForecaster()
        for sample in part.samples where sample.value.isFinite {
            forecaster.update(time: sample.time, value: sample.value)
            (time, value) = (sample.time, sample.value)
        }
        let outlook = forecaster.forecast(at: command.horizon, coverage: command.coverage)
        forecast = outlook.answer
        note = Self.note(outlook)
        if let threshold = command.threshold {
            let outlook = forecaster.timeToReach(threshold, command.direction, coverage: command.coverage)
            arrival = outlook.answer.map(Times.init)
            note = note ?? Self.note(outlook)
        }
    }

    private static func note<Answer>(_ outlook: Outlook<Answer>) -> String? {
        switch outlook {
        case .known: nil
        case .warmingUp(let seen, let needed):
            "too little history: \(seen) of \(needed) forecasts of this length could be compared with what came"
        case .tooFar(let longest): "nothing is forecast further ahead than \(longest) for this series"
        }
    }

    static func head(_ horizon: TimeSpan, _ threshold: Double?) -> [String] {
        ["series", "now", "in \(horizon)", "band"] + (threshold.map { ["reaches \(number($0))", "from", "to"] } ?? [])
    }

    func cells(asksArrival: Bool) -> [String] {
        let band =
            forecast.map { [Self.number($0.value), "\(Self.number($0.lower)) to \(Self.number($0.upper))"] } ?? [
                "", "",
            ]
        let times = arrival.map { arrival in
            [arrival.expected, arrival.earliest, arrival.latest].map { Self.text($0, beyond: arrival.horizon) }
        }
        let arrivals = times ?? (asksArrival ? ["", "", ""] : [])
        return [series, value.map(Self.number) ?? ""] + band + arrivals + (note.map { [$0] } ?? [])
    }

    private static func text(_ span: Int64?, beyond horizon: Int64) -> String {
        guard let span else { return "not within \(rounded(TimeSpan(milliseconds: horizon)))" }
        return rounded(TimeSpan(milliseconds: span))
    }

    private static func number(_ value: Double) -> String { NumberText.short(value, 6) }

    /// Seconds are enough below an hour, minutes above.
    private static func rounded(_ span: TimeSpan) -> String {
        let unit: Int64 = span < .hours(1) ? 1_000 : 60_000
        return TimeSpan(milliseconds: span.milliseconds / unit * unit).description
    }
}

extension SeriesForecaster.Direction: ExpressibleByArgument {}

extension TimeSpan: ExpressibleByArgument {
    /// Reads `4h`.
    public init?(argument: String) {
        self.init(argument)
    }
}
