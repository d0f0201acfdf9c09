#include "app/app.h"
#include "features/activity/activity.h"
#include "features/cases/cases.h"
#include "features/evidence/evidence.h"
#include "features/exports/exports.h"
#include "features/operation/operation.h"
#include "features/people/people.h"
#include "features/today/today.h"
#include "ledger/core_acts.h"

const Feature *const app_features[] = {
    &people_feature,   &cases_feature,     &evidence_feature, &exports_feature,
    &activity_feature, &operation_feature, &today_feature,    NULL,
};

ActTypes *app_act_types(void)
{
    ActTypes *types = act_types_new();
    act_types_add(types, core_acts, core_acts_count);
    for (const Feature *const *feature = app_features; *feature; feature++)
        act_types_add(types, (*feature)->acts, feature_act_count(*feature));
    return types;
}
