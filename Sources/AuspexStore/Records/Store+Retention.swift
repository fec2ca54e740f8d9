package import AuspexSignals
import GRDB

extension Store {
    /// Removes records that nobody needs any more: alerts and incidents that are resolved and changes with their
    /// outcomes, all begun before `moment`, what was measured of changes and pushes made before it, verdicts that expired
    /// before it, and answered questions and replies that are done with and what people were told, all from before it. Runs, the audit and risk
    /// models stay.
    ///
    /// - Returns: how many records were removed.
    package func removeRecords(before moment: Timestamp) async throws -> Int {
        try await write("removing old records", isAlone: true) { database in
            var removed = 0
            for sql in [
                "DELETE FROM alert WHERE state = 'resolved' AND started_at < ?",
                "DELETE FROM incident WHERE state = 'resolved' AND started_at < ?",
                "DELETE FROM change WHERE started_at < ?",
                "DELETE FROM push WHERE pushed_at < ?",
                "DELETE FROM change_outcome WHERE started_at < ?",
                "DELETE FROM measured_change WHERE measured_at < ?",
                "DELETE FROM verdict WHERE expires_at < ?",
                "DELETE FROM question WHERE is_open = 0 AND asked_at < ?",
                "DELETE FROM reply WHERE state != 'waiting' AND created_at < ?",
                "DELETE FROM told WHERE at < ?",
            ] {
                try database.execute(sql: sql, arguments: [moment.milliseconds])
                removed += database.changesCount
            }
            try database.execute(
                sql: "DELETE FROM incident_key WHERE incident NOT IN (SELECT id FROM incident)")
            return removed
        }
    }
}
