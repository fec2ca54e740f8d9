/// What DORA calls figures of delivery.
///
/// The limits are those of the groups in the "Accelerate State of DevOps Report 2023". They describe who answered that
/// year and are no goals; the groups of other years have others.
package struct DeliveryBands: Hashable, Sendable, Codable {
    /// A group of the report.
    package enum Band: String, Hashable, Sendable, Codable, CaseIterable {
        case elite, high, medium, low
    }

    /// Where the limits come from.
    package static let source = "DORA, Accelerate State of DevOps Report 2023"

    /// Of the deployment frequency: elite from one a day, high from one a week, medium from one a month.
    package var frequency: Band?
    /// Of the median lead time: elite under a day, high under a week, medium under a month.
    package var leadTime: Band?
    /// Of the change-failure rate: elite up to 5 %, high up to 10 %, medium up to 15 %.
    package var changeFailure: Band?
    /// Of the median time to restore: elite under an hour, high under a day, medium under a week.
    package var restore: Band?

    private enum CodingKeys: String, CodingKey {
        case frequency, restore
        case leadTime = "lead_time"
        case changeFailure = "change_failure"
    }

    private static let hour = 3_600.0
    private static let day = 24 * hour
    private static let week = 7 * day
    private static let month = 30 * day

    /// Names figures; nil where there is none.
    init(perDay: Double?, leadTime: Double?, failureRate: Double?, restore: Double?) {
        frequency = perDay.map { Self.band(-$0, below: [-1, -1 / 7, -1 / 30], orAt: true) }
        self.leadTime = leadTime.map { Self.band($0, below: [Self.day, Self.week, Self.month]) }
        changeFailure = failureRate.map { Self.band($0, below: [0.05, 0.1, 0.15], orAt: true) }
        self.restore = restore.map { Self.band($0, below: [Self.hour, Self.day, Self.week]) }
    }

    private static func band(_ value: Double, below limits: [Double], orAt isClosed: Bool = false) -> Band {
        zip(Band.allCases, limits).first { value < $0.1 || isClosed && value == $0.1 }?.0 ?? .low
    }
}
