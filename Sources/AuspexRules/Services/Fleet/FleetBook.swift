package import AuspexSignals

/// How the instances of services are: from the outcomes of health checks with the labels `service` and `instance`, and from
/// Prometheus' series `up`, 1 for an instance that answers and 0 for one that doesn't.
///
/// Several checks and series may tell of one instance; the worst of what they last said counts. One that has said nothing for
/// ``freshFor``, or whose series has ended, counts no more. An instance of which nothing else is heard is unknown then, and
/// forgotten when nothing was heard of it for ``keptFor``. So whoever tells of a fleet has to do so at least every
/// ``freshFor``.
///
/// An answer depends on the facts and on the moment that is asked about, on no clock. Of one check or series the facts must
/// come in order of time; older ones change nothing, unless by so much that the clock of the newer ones must have been wrong.
///
/// Cost: some look-ups for a fact and for a census; once in ``freshFor``, and when one is asked about a moment far from that
/// of the latest facts, as many as the service has instances. Memory: at most ``mostReports`` checks and series.
package struct FleetBook: Sendable {
    /// What a check or series said last is true for so long: the time after which Prometheus takes a series for gone.
    package static let freshFor = TimeSpan.minutes(5)
    /// An instance is remembered for so long after it was last heard of.
    package static let keptFor = TimeSpan.hours(1)
    /// Checks and series that are followed; those beyond are counted in ``refusedReports``.
    package static let mostReports = 50_000

    /// Facts that were left out because there are too many checks and series.
    package internal(set) var refusedReports: Int = 0

    /// By service.
    var services: [String: Service] = [:]
    var reportCount = 0
    /// When room was last made.
    var sweptAt: Timestamp?

    /// The instances of one service, with their count for a span of time.
    struct Service: Sendable {
        var instances: [String: FleetInstance] = [:]
        var census = FleetCensus()
        var span: Range<Timestamp>?
    }

    /// Starts without instances.
    package init() {}

    // MARK: Facts

    /// Whether a fact may tell of an instance.
    package static func concerns(_ fact: Fact) -> Bool {
        switch fact {
        case .health: true
        case .metric(let metric): metric.labels.name == seriesName
        case .stale(let labels, _): labels.name == seriesName
        default: false
        }
    }

    private static let seriesName = "up"

    /// Takes in what a fact says of an instance; `graph` knows whose it is.
    package mutating func note(_ fact: Fact, _ graph: ServiceGraph) {
        guard Self.concerns(fact), let instance = fact.labels["instance"],
            let service = graph.serviceName(of: fact.labels)
        else { return }
        let (member, report) = (fact.member, FleetInstance.Report(standing: Self.standing(fact), time: fact.time))
        let known = services[service]?.instances[instance]?.reports[member]
        guard known.map({ report.replaces($0) }) ?? hasRoom(for: report) else { return }
        services[service, default: Service()].take(report, by: member, of: instance)
        if known == nil { reportCount += 1 }
    }

    /// Nil for the end of a series.
    private static func standing(_ fact: Fact) -> FleetStanding? {
        switch fact {
        case .health(let health):
            switch health.status {
            case .healthy, .degraded: .healthy
            case .unhealthy: .unhealthy
            case .unknown: .unknown
            }
        case .metric(let metric):
            switch metric.reading.value {
            case 1: .healthy
            case 0: .unhealthy
            default: .unknown
            }
        default: nil
        }
    }

    /// Whether a check or series that was not heard of before is taken in.
    private mutating func hasRoom(for report: FleetInstance.Report) -> Bool {
        // The end of what was never heard of says nothing.
        guard report.standing != nil else { return false }
        if reportCount >= Self.mostReports { makeRoom(at: report.time) }
        guard reportCount < Self.mostReports else {
            refusedReports += 1
            return false
        }
        return true
    }

    /// Takes out what is forgotten at `now`, unless that was just done. Only where room is needed: the clock of one instance
    /// may be wrong, and the others must not be forgotten because of it.
    private mutating func makeRoom(at now: Timestamp) {
        if let sweptAt, now < sweptAt + Self.freshFor, now >= sweptAt { return }
        sweptAt = now
        for name in services.keys.sorted() {
            services[name]?.forget(at: now)
            if services[name]?.instances.isEmpty ?? false { services[name] = nil }
        }
        reportCount = services.values.reduce(0) { $1.instances.values.reduce($0) { $0 + $1.reports.count } }
    }

    // MARK: Answers

    /// The instances of a service, by its canonical name, at `now`; none for one that nothing is known of.
    package func census(of service: String, at now: Timestamp) -> FleetCensus {
        services[service]?.counted(at: now).census ?? FleetCensus()
    }
}

extension FleetBook.Service {
    /// The service with a census that holds at `now`.
    func counted(at now: Timestamp) -> Self {
        if let span, span.contains(now) { return self }
        var service = self
        service.census = FleetCensus()
        var (start, end) = (Timestamp(milliseconds: .min), Timestamp(milliseconds: .max))
        for instance in instances.values {
            let part = instance.span(around: now)
            (start, end) = (max(start, part.lowerBound), min(end, part.upperBound))
            service.census.count(instance.standing(at: now), 1)
        }
        service.span = start..<end
        return service
    }

    mutating func take(_ report: FleetInstance.Report, by member: SeriesID, of name: String) {
        let now = report.time
        if !(span?.contains(now) ?? false) { self = counted(at: now) }
        var instance = instances.removeValue(forKey: name) ?? FleetInstance()
        census.count(instance.standing(at: now), -1)
        instance.reports[member] = report
        census.count(instance.standing(at: now), 1)
        // The others don't change in the span that there was, nor this one in its own.
        span = span?.clamped(to: instance.span(around: now))
        instances[name] = instance
    }

    mutating func forget(at now: Timestamp) {
        instances = instances.filter { $0.value.isKept(at: now) }
        span = nil
    }
}
