/// How often changes of a service or of an author have failed, pulled towards what is usual as long as there are few.
///
/// The beta-binomial estimate: failures + m · usual, over changes + m.
package struct FailureRate: Hashable, Sendable, Codable {
    /// How many changes the usual rate counts for (m). Twenty, as many as the gate wants before it says where a change
    /// lies: at the usual 15 % of DORA's reports twenty changes hold three failures, which does not tell a service with
    /// 5 % from one with 30 %. From twenty changes of its own on, a service's own past counts more than the others'.
    package static let usualCounts = 20.0

    /// How many changes ended in a failure or were taken back.
    package var failures: Int
    /// How many changes have an outcome.
    package var changes: Int
    /// The rate over all services of the organisation, 0 to 1.
    package var usual: Double

    /// Creates a rate.
    package init(failures: Int, changes: Int, usual: Double) {
        self.failures = failures
        self.changes = changes
        self.usual = usual
    }

    /// The estimated chance that a change fails, 0 to 1.
    package var estimate: Double {
        (Double(failures) + Self.usualCounts * usual) / (Double(changes) + Self.usualCounts)
    }

    private enum CodingKeys: String, CodingKey {
        case failures, changes, usual, estimate
    }

    /// Reads a rate; the estimate follows from the rest.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        failures = try container.decode(Int.self, forKey: .failures)
        changes = try container.decode(Int.self, forKey: .changes)
        usual = try container.decode(Double.self, forKey: .usual)
    }

    /// Writes all members and the estimate.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(failures, forKey: .failures)
        try container.encode(changes, forKey: .changes)
        try container.encode(usual, forKey: .usual)
        try container.encode(estimate, forKey: .estimate)
    }
}
