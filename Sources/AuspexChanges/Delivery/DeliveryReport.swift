package import AuspexSignals

/// The metrics of delivery as they are given out: whole, by service, by team and by week.
package struct DeliveryReport: Hashable, Sendable, Codable {
    /// The environment whose deploys count; nil for any.
    package var environment: String?
    /// Where the limits of the bands come from.
    package var source = DeliveryBands.source
    /// All deploys that count.
    package var whole: DeliveryFigures
    /// By service, in order of the names.
    package var services: [Part]
    /// By team, in order of the names; services without an owner are left out.
    package var teams: [Part]
    /// By week, when that was asked for.
    package var weeks: [DeliveryFigures]

    /// The figures of a service or a team.
    package struct Part: Hashable, Sendable, Codable {
        /// Its name.
        package var name: String
        /// Its figures.
        package var figures: DeliveryFigures
    }

    /// Whose deploys count, and when.
    package struct Question: Hashable, Sendable {
        /// Only this service.
        package var service: String?
        /// Only services of this team.
        package var team: String?
        /// Only this environment.
        package var environment: String?
        /// The first moment.
        package var since: Timestamp
        /// The first moment after.
        package var until: Timestamp
        /// Whether every week is wanted.
        package var isByWeek: Bool

        /// Creates a question.
        package init(
            service: String? = nil, team: String? = nil, environment: String? = nil, since: Timestamp,
            until: Timestamp, isByWeek: Bool = false
        ) {
            self.service = service
            self.team = team
            self.environment = environment
            self.since = since
            self.until = until
            self.isByWeek = isByWeek
        }
    }

    /// Answers a question.
    ///
    /// - Parameters:
    ///   - question: What is asked.
    ///   - changes: The changes in and around the span.
    ///   - owners: The team of each service.
    /// - Complexity: O(changes · log changes), with weeks O(changes · weeks).
    package init(_ question: Question, _ changes: [DeliveredChange], owners: [String: String]) {
        func isWanted(_ change: Change) -> Bool {
            (question.service.map { $0 == change.service } ?? true)
                && (question.team.map { $0 == owners[change.service] } ?? true)
                && (question.environment.map { $0 == change.environment } ?? true)
        }
        let wanted = changes.filter { $0.change.kind == .deploy && isWanted($0.change) }
        let delivery = Delivery(wanted)
        let (since, until) = (question.since, question.until)
        func parts(_ name: (Change) -> String?) -> [Part] {
            var groups: [String: [DeliveredChange]] = [:]
            for deploy in wanted { if let name = name(deploy.change) { groups[name, default: []].append(deploy) } }
            return groups.sorted { $0.key < $1.key }.map { name, deploys in
                Part(name: name, figures: Delivery(deploys).figures(since: since, until: until))
            }
        }
        environment = question.environment
        whole = delivery.figures(since: since, until: until)
        services = parts(\.service)
        teams = parts { owners[$0.service] }
        weeks =
            question.isByWeek
            ? Delivery.weeks(since: since, until: until).map { delivery.figures(since: $0.since, until: $0.until) } : []
    }
}
