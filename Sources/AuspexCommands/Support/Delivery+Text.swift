import AuspexChanges
import AuspexSignals
import Foundation

extension DeliveryFigures {
    static let heading = [
        "", "DEPLOYS", "A DAY", "LEAD TIME", "90 %", "KNOWN", "HARMFUL", "95 %", "UNDECIDED", "RESTORE", "90 %",
        "KNOWN", "REWORK", "PENDING",
    ]

    /// A row under the heading.
    func row(_ name: String) -> [String] {
        [
            TextTable.printable(name), "\(frequency.deploys)", NumberText.short(frequency.perDay),
            Self.span(leadTime.median), Self.span(leadTime.p90), "\(leadTime.known)/\(leadTime.of)",
            Self.percent(changeFailure.rate), Self.interval(changeFailure), "\(undecided)",
            Self.span(restore.median), Self.span(restore.p90), "\(restore.known)/\(restore.of)",
            Self.percent(rework.rate), "\(pending)",
        ]
    }

    /// What DORA calls the figures.
    func bandText(_ source: String) -> String {
        let named = [
            ("frequency", bands.frequency), ("lead time", bands.leadTime), ("change failure", bands.changeFailure),
            ("restore", bands.restore),
        ]
        return "\(source): " + named.map { "\($0) \($1?.rawValue ?? "unknown")" }.joined(separator: ", ")
    }

    private static func percent(_ share: Double?) -> String { share.map { NumberText.short(100 * $0) + " %" } ?? "-" }

    private static func interval(_ share: Share) -> String {
        guard let low = share.low, let high = share.high else { return "-" }
        return "\(NumberText.short(100 * low))-\(NumberText.short(100 * high)) %"
    }

    /// To the minute from an hour on.
    private static func span(_ seconds: Double?) -> String {
        guard let seconds, seconds < Double(Int64.max / 1_000) else { return "-" }
        let unit: Double = seconds < 3_600 ? 1 : 60
        return TimeSpan.seconds(Int64((seconds / unit).rounded() * unit)).description
    }

    /// Rows as CSV with a header; lengths in seconds, shares as fractions, what is not known empty.
    static func csv(_ rows: [(name: String, figures: DeliveryFigures)]) -> String {
        let header =
            "name,since,until,finished,pending,deploys,days,active_days,deploys_per_day,lead_time_median,lead_time_p90,"
            + "lead_time_known,harmful,change_failure_rate,change_failure_low,change_failure_high,undecided,"
            + "restore_median,restore_p90,restore_known,rework,rework_rate"
        return ([header] + rows.map { $0.figures.csvRow($0.name) }).map { $0 + "\n" }.joined()
    }

    private func csvRow(_ name: String) -> String {
        func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
        let quoted =
            name.contains(where: { ",\"\r\n".contains($0) }) ? "\"\(name.replacing("\"", with: "\"\""))\"" : name
        let values: [String] = [
            quoted, since.iso8601, until.iso8601, "\(finished)", "\(pending)", "\(frequency.deploys)",
            number(frequency.days), "\(frequency.activeDays)", number(frequency.perDay), number(leadTime.median),
            number(leadTime.p90), "\(leadTime.known)", "\(changeFailure.count)", number(changeFailure.rate),
            number(changeFailure.low), number(changeFailure.high), "\(undecided)", number(restore.median),
            number(restore.p90), "\(restore.known)", "\(rework.count)", number(rework.rate),
        ]
        return values.joined(separator: ",")
    }
}
