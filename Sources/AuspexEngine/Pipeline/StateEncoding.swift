import AuspexSignals
import AuspexStore

/// Writes a state, as it was when this was made, as bytes; none for a state that is there no more.
typealias StateEncoding = @Sendable () throws -> [UInt8]

/// What the pipeline knew at one moment. A copy costs little; writing it takes long, and is done where nobody who asks the
/// pipeline has to wait for it.
struct PipelineCut: Sendable {
    /// The position in the bus up to which it is true.
    var sequence: Int64
    /// The states that changed since the last cut, by name.
    var states: [String: StateEncoding]
    /// The states of series that changed since the last cut, by name.
    var series: [String: [UInt8]]

    /// The cut as it is stored. Costs what there is to be written.
    @concurrent func encoded() async throws -> CheckpointStore.Checkpoint {
        CheckpointStore.Checkpoint(sequence: sequence, states: try states.mapValues { try $0() }, series: series)
    }
}
