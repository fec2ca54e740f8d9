import Foundation
import GRDB

/// The state of detection and rules together with the position in the signal log up to which it is true, saved and
/// restored as one.
package struct CheckpointStore: Sendable {
    /// A consistent cut: everything up to ``sequence`` has been worked in, nothing after it.
    package struct Checkpoint: Hashable, Sendable {
        /// Position in the signal log.
        package var sequence: Int64
        /// Named states such as the rule engine's; an empty one is none.
        package var states: [String: [UInt8]]
        /// States of series by the canonical JSON of their labels.
        package var series: [String: [UInt8]]

        /// Creates a checkpoint.
        package init(sequence: Int64, states: [String: [UInt8]], series: [String: [UInt8]]) {
            self.sequence = sequence
            self.states = states
            self.series = series
        }
    }

    private static let sequenceName = "sequence"
    /// Messages that are removed in one transaction, which other writes wait for.
    private static let messagesAtOnce = 256
    private let store: Store

    /// Creates the store of checkpoints on `store`.
    package init(store: Store) {
        self.store = store
    }

    /// Saves a checkpoint in one transaction, and then removes the messages that it makes superfluous. Those that a crash
    /// leaves go with the next one.
    ///
    /// `checkpoint.series` need only hold the series that changed since the last one; `removed` those that are gone. Of a
    /// state that is empty nothing is left.
    package func save(_ checkpoint: Checkpoint, removed: [String] = []) async throws {
        try await store.write("saving a checkpoint", isAlone: true) { database in
            let put = try database.cachedStatement(sql: "INSERT OR REPLACE INTO checkpoint (name, state) VALUES (?, ?)")
            try put.execute(arguments: [Self.sequenceName, Data(String(checkpoint.sequence).utf8)])
            let drop = try database.cachedStatement(sql: "DELETE FROM checkpoint WHERE name = ?")
            for (name, state) in checkpoint.states {
                if state.isEmpty {
                    try drop.execute(arguments: ["state:" + name])
                } else {
                    try put.execute(arguments: ["state:" + name, state.data])
                }
            }
            let putSeries = try database.cachedStatement(
                sql: "INSERT OR REPLACE INTO series_state (series, state) VALUES (?, ?)")
            // In key order, so that the pages are written in order too.
            for (series, state) in checkpoint.series.sorted(by: { $0.key < $1.key }) {
                try putSeries.execute(arguments: [series, state.data])
            }
            for series in removed {
                try database.execute(sql: "DELETE FROM series_state WHERE series = ?", arguments: [series])
            }
        }
        var count = Self.messagesAtOnce
        while count == Self.messagesAtOnce {
            count = try await store.write("removing messages") { database in
                let remove = try database.cachedStatement(
                    sql: """
                        DELETE FROM message WHERE seq IN (
                            SELECT seq FROM message WHERE seq <= ? ORDER BY seq LIMIT ?)
                        """)
                try remove.execute(arguments: [checkpoint.sequence, Self.messagesAtOnce])
                return database.changesCount
            }
        }
    }

    /// The last checkpoint; position 0 and no states when there is none.
    package func load() async throws -> Checkpoint {
        try await store.read("loading the checkpoint") { database in
            var checkpoint = Checkpoint(sequence: 0, states: [:], series: [:])
            for row in try Row.fetchAll(database, sql: "SELECT name, state FROM checkpoint") {
                let name: String = row["name"]
                let state: Data = row["state"]
                if name == Self.sequenceName {
                    guard let sequence = Int64(String(decoding: state, as: UTF8.self)) else {
                        throw StoreError.corrupt(table: "checkpoint", id: name, reason: "not a number")
                    }
                    checkpoint.sequence = sequence
                } else {
                    checkpoint.states[String(name.dropFirst("state:".count))] = [UInt8](state)
                }
            }
            for row in try Row.fetchAll(database, sql: "SELECT series, state FROM series_state") {
                checkpoint.series[row["series"]] = [UInt8](row["state"] as Data)
            }
            return checkpoint
        }
    }
}

extension [UInt8] {
    var data: Data { Data(self) }
}
