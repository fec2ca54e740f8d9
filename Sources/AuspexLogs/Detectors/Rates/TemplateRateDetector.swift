public import AuspexSignals

/// Tells when a template has far more or far fewer lines than at this hour of other days, or stops, and when the whole
/// stream stops.
///
/// Lines are counted in windows of event time. A template's expected count is a level that follows, times what the hour of
/// the day (UTC) makes of it; counts are taken as negative binomial with the variance μ + d μ² that the template itself has
/// shown, over 5 minutes, a quarter of an hour and an hour. Silence is also judged by how long the template is usually
/// quiet, which sees a rare but regular template stop. What is reported is learnt with care, so that an incident does not
/// become normal at once, but does in some hours. A window in which the whole stream is strangely silent is reported once,
/// for the stream, and says nothing of single templates.
///
/// ```swift
/// for verdict in detector.update(reading.templateID, at: time) { print(verdict.explanation) }
/// ```
///
/// Call ``advance(to:)`` when no lines come, so that silence is noticed. A pattern of weeks is not learnt: with one, the
/// dispersion grows until the weekend is normal.
///
/// Cost: constant per line, and one step of some 300 flops up to counts of 1000 for each template that is kept when a
/// window ends. Memory: about 1 kB for each template.
///
/// Measured on simulated templates (ten days, swings of 80 %, gamma-Poisson counts): bursts of six times the rate for ten
/// minutes and silences of an hour are found in more than nine of ten cases from 5 lines a minute on, with a false alarm in
/// some 30 days of a template. A rate that itself changes for an hour at a time gives ten times as many.
public struct TemplateRateDetector: Sendable, Equatable {
    /// The settings.
    public let configuration: Configuration
    var tallies: WindowTallies<WindowLines>
    var rates: RecencyTable<TemplateID, TemplateRate>
    var stream = TemplateRate()
    var judgedUntil: Timestamp?
    var droppedLines: UInt64 = 0

    /// Creates a detector with the default settings that has seen nothing.
    public init() { self.init(valid: Configuration()) }

    /// Creates a detector that has seen nothing.
    ///
    /// - Throws: ``LogConfigurationError`` when a setting is out of its range.
    public init(configuration: Configuration) throws(LogConfigurationError) {
        try configuration.validate()
        self.init(valid: configuration)
    }

    init(valid configuration: Configuration) {
        self.configuration = configuration
        tallies = WindowTallies(length: configuration.window, lateness: configuration.allowedLateness)
        rates = RecencyTable(capacity: configuration.maximumTemplates)
    }

    /// Templates that are kept.
    public var templateCount: Int { rates.count }
    /// Templates that were forgotten because there were too many.
    public var evictedTemplates: UInt64 { rates.evicted }
    /// Lines that came after their window was over, and did not count.
    public var lateLines: UInt64 { tallies.lateLines }
    /// Lines that were counted for the stream only, because their window had too many templates already.
    public var uncountedLines: UInt64 { droppedLines }
    /// How often the clock was found to have been set back.
    public var clockRestarts: UInt64 { tallies.restarts }

    /// Counts a line, and judges the windows that it ends.
    ///
    /// - Returns: what is anomalous, window by window, the templates in the order of their ids.
    public mutating func update(_ template: TemplateID, at time: Timestamp) -> [LogVerdict] {
        let capacity = configuration.maximumTemplates
        let closed = tallies.add(at: time, default: WindowLines()) { lines, position in
            lines.add(template, at: position, capacity: capacity)
        }
        return closed.isEmpty ? [] : closed.flatMap { judge($0) }
    }

    /// Judges the windows that are over at `time`, though no line came.
    public mutating func advance(to time: Timestamp) -> [LogVerdict] {
        tallies.advance(to: time).flatMap { judge($0) }
    }

    /// Follows a merge of templates. The survivor is learnt anew, as it has other lines from now on.
    public mutating func merge(_ alias: TemplateAlias) {
        tallies.updateOpen { $0.merge(alias) }
        let wasKnown = [rates.remove(alias.old), rates.remove(alias.new)].contains { $0 != nil }
        if wasKnown { _ = rates.touch(alias.new, default: TemplateRate()) { _ in } }
    }

    /// What the last window says of a template; nil when nothing is known of it.
    public func verdict(of template: TemplateID) -> LogVerdict? {
        guard let rate = rates[template], let last = rate.last, let judgedUntil else { return nil }
        return verdict(last, readiness(of: rate), .template(template), at: judgedUntil, rate)
    }

    private mutating func judge(_ closed: WindowTallies<WindowLines>.Closed) -> [LogVerdict] {
        let lines = closed.tally ?? WindowLines()
        let end = tallies.end(of: closed.number)
        judgedUntil = end
        droppedLines += lines.dropped
        if closed.isAfterGap {
            stream.resume()
            rates.updateAll { $1.resume() }
        }
        let hour = SeasonalLevel.hour(of: end - TimeSpan(milliseconds: configuration.window.milliseconds / 2))
        let ofStream = stream.update(
            lines.all, at: hour, alpha: configuration.alpha, isReady: stream.windows >= configuration.warmUpWindows)
        if lines.all.count == 0, readiness(of: stream) == .ready, ofStream.pValue <= configuration.alpha {
            return [verdict(ofStream, .ready, .stream, at: end, stream)]
        }
        return judgeTemplates(lines, at: hour, end)
    }

    private mutating func judgeTemplates(_ lines: WindowLines, at hour: Double, _ end: Timestamp) -> [LogVerdict] {
        var begun: Set<TemplateID> = []
        // The known ones first: they must not make room for those that are new.
        for template in lines.templates.keys.sorted() where rates[template] != nil {
            _ = rates.touch(template, default: TemplateRate()) { _ in }
        }
        for (template, count) in lines.templates.sorted(by: { $0.key < $1.key }) where rates[template] == nil {
            _ = rates.touch(template, default: TemplateRate()) { $0.begin(count) }
            begun.insert(template)
        }
        let (alpha, warmUp) = (configuration.alpha, configuration.warmUpWindows)
        var strange: [TemplateID] = []
        rates.updateAll { template, rate in
            guard !begun.contains(template) else { return }
            let isReady = rate.windows >= warmUp
            let judgement = rate.update(
                lines.templates[template] ?? TemplateRate.Lines(), at: hour, alpha: alpha, isReady: isReady)
            if isReady, judgement.pValue <= alpha { strange.append(template) }
        }
        return strange.sorted().compactMap { template in
            guard let rate = rates[template], let last = rate.last else { return nil }
            return verdict(last, .ready, .template(template), at: end, rate)
        }
    }

    private func readiness(of rate: TemplateRate) -> Reading.Readiness {
        // A window was ready if as many as needed came before it.
        let needed = configuration.warmUpWindows
        return rate.windows > needed ? .ready : .warmingUp(seen: min(rate.windows, needed), needed: needed)
    }
}
