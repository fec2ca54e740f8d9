import AuspexChanges
import AuspexRules
import AuspexStore

extension OutcomeDesk {
    /// Where everything is that outcomes follow from.
    struct Stores: Sendable {
        let outcomes: any OutcomeStore
        let models: any RiskModelStore
        let incidents: any IncidentStore
        let alerts: any AlertStore
        let changes: any ChangeStore
        let audit: AuditLog

        init(
            store: Store, incidents: any IncidentStore, alerts: any AlertStore, changes: any ChangeStore,
            audit: AuditLog
        ) {
            outcomes = SQLiteOutcomeStore(store: store)
            models = SQLiteRiskModelStore(store: store)
            self.incidents = incidents
            self.alerts = alerts
            self.changes = changes
            self.audit = audit
        }
    }
}
