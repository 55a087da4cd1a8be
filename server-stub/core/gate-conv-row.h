/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-core-private.h"

G_BEGIN_DECLS

/** gate_conv_row_assign: copies the core's part of @from; texts are owned by @self. */
void gate_conv_row_assign (GateConvRow       *self,
                           const GateConvRow *from);

/** gate_conv_row_assign_kept: copies the part that the store keeps. */
void gate_conv_row_assign_kept (GateConvRow       *self,
                                const GateConvRow *from);

/** gate_conv_row_save: the core's part of @from with its texts in @arena. */
void gate_conv_row_save (GateConvRow       *self,
                         const GateConvRow *from,
                         WireArena         *arena);
void gate_conv_row_clear (GateConvRow *self);

G_END_DECLS
