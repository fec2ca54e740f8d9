package import AuspexSignals
import GRDB

extension Store {
    /// Removes records that nobody needs any more: alerts that are resolved and changes, both begun before `moment`, and
    /// verdicts that expired before it. Runs and the audit stay.
    ///
    /// - Returns: how many records were removed.
    package func removeRecords(before moment: Timestamp) async throws -> Int {
        try await write("removing old records") { database in
            var removed = 0
            for sql in [
                "DELETE FROM alert WHERE state = 'resolved' AND started_at < ?",
                "DELETE FROM change WHERE started_at < ?",
                "DELETE FROM verdict WHERE expires_at < ?",
            ] {
                try database.execute(sql: sql, arguments: [moment.milliseconds])
                removed += database.changesCount
            }
            return removed
        }
    }
}
