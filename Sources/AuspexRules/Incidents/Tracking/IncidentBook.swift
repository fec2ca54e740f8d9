import AuspexSignals

/// All incidents at one moment: a state machine that takes steps in order of their keys. ``IncidentTracker`` sees to the
/// order; here a step that comes again changes nothing, and nothing depends on the order in which a set or a dictionary
/// happens to be gone through.
struct IncidentBook: Sendable {
    let settings: IncidentSettings
    let limits: IncidentLimits

    /// The incidents that are not forgotten.
    var incidents: [String: Incident] = [:]
    /// Where each alert is, by the hash of its identifier.
    var homes: [UInt64: AlertHome] = [:]
    /// The folded alerts of an incident.
    var folded: [String: [UInt64]] = [:]
    /// The incident in which an alert of a rule and group fired last.
    var recurrences: [UInt64: String] = [:]
    /// Incidents that have become part of others.
    var aliases: [String: String] = [:]
    /// The incidents that are not over: by service, by suspected change, and by the labels that hold alerts together.
    var byService: [String: Set<String>] = [:]
    var byChange: [String: Set<String>] = [:]
    var byLabels: [[String]: Set<String>] = [:]
    /// How many incidents are not over.
    var openCount = 0
    var changes = ChangeLog()
    var storm: StormGauge
    var deadlines = DeadlineQueue()
    var statistics = IncidentStatistics()
    /// The moment up to which everything has happened.
    var clock: Timestamp?
    /// The last moment at which something happened by itself.
    var lastDeadline: Timestamp?
    /// The last moment at which changes were forgotten for want of room; nil if that has not happened since the book was
    /// read.
    var trimmedAt: Timestamp?
    /// Incidents that have changed since this was emptied.
    var touched: Set<String> = []
    /// Those of them that have been forgotten since, as they stood last.
    var forgotten: [String: Incident] = [:]
    /// Whether there was a storm at any moment since this was set back.
    var hadStorm = false

    /// Where an alert is.
    struct AlertHome: Hashable, Sendable, Codable {
        var incident: String
        /// For a listed alert when it fired first, by which it is found; for a folded one when it last changed.
        var time: Timestamp
        var isFolded = false
        /// Whether a folded alert fires; a listed one says so itself.
        var isFiring = false
    }

    init(settings: IncidentSettings, limits: IncidentLimits) {
        self.settings = settings
        self.limits = limits
        storm = StormGauge(settings.storm)
    }

    /// The identifier under which an incident is kept: its own, that of the one which has absorbed it, or, for one that would
    /// have begun with an alert that turned out not to be the first, that of the alert's incident.
    func resolve(_ id: String) -> String? {
        if incidents[id] != nil { return id }
        if let other = aliases[id] { return other }
        return Incident.alertHash(of: id).flatMap { homes[$0]?.incident }
    }

    // MARK: Steps

    /// Takes a step at `time`, which is not before any earlier step's.
    mutating func take(_ step: IncidentStep, at time: Timestamp, _ scope: inout ServiceScope) {
        while let next = nextDeadline, next < time { passDeadline(&scope) }
        clock = max(clock ?? time, time)
        switch step {
        case .changed(let change): report(change, at: time, &scope)
        case .fired(let alert): fire(alert, at: time, &scope)
        case .resolved(let alert, let moment): end(alert, resolvedAt: moment, at: time)
        case .act(let act): perform(act, at: time, &scope)
        }
    }

    /// Lets time pass: what is due at `time` or before it happens.
    mutating func pass(upTo time: Timestamp, _ scope: inout ServiceScope) {
        while let next = nextDeadline, next <= time { passDeadline(&scope) }
        clock = max(clock ?? time, time)
    }

    // MARK: Changing incidents

    /// Changes an incident in place and marks it as changed.
    mutating func edit(_ id: String, _ body: (inout Incident) -> Void) {
        func edit(_ incident: inout Incident?) {
            guard var value = incident else { return }
            // Taken out and put back, so that its lists are changed in place and not copied.
            incident = nil
            body(&value)
            incident = value
        }
        edit(&incidents[id])
        touched.insert(id)
    }

    /// Adds to an incident's history.
    mutating func note(
        _ id: String, _ kind: IncidentEntry.Kind, _ text: String, by act: IncidentAct? = nil, at time: Timestamp
    ) {
        var dropped = 0
        let limits = limits
        edit(id) { dropped = $0.note(kind, text, by: act, at: time, limits: limits) }
        statistics.droppedEntries += dropped
    }

    // MARK: Indexes

    /// Makes an incident that is not over findable.
    mutating func index(_ incident: Incident) {
        for service in incident.services { byService[service, default: []].insert(incident.id) }
        for change in sharedChanges(of: incident) { byChange[change, default: []].insert(incident.id) }
        for alert in incident.alerts {
            if let key = labelKey(of: alert) { byLabels[key, default: []].insert(incident.id) }
        }
    }

    /// Undoes ``index(_:)``.
    mutating func unindex(_ incident: Incident) {
        for service in incident.services { Self.remove(incident.id, from: &byService[service]) }
        for change in sharedChanges(of: incident) { Self.remove(incident.id, from: &byChange[change]) }
        for alert in incident.alerts {
            if let key = labelKey(of: alert) { Self.remove(incident.id, from: &byLabels[key]) }
        }
    }

    /// The changes by which alerts find an incident.
    func sharedChanges(of incident: Incident) -> [String] {
        incident.suspects.filter { $0.score >= settings.sharedSuspicion }.map(\.change.id)
    }

    /// The values of the labels that hold alerts together; nil if one is missing or there are none.
    func labelKey(of alert: IncidentAlert) -> [String]? {
        guard !settings.together.isEmpty else { return nil }
        let values = settings.together.compactMap { alert.labels[$0] }
        return values.count == settings.together.count ? values : nil
    }

    static func remove(_ id: String, from set: inout Set<String>?) {
        set?.remove(id)
        if set?.isEmpty ?? false { set = nil }
    }
}
