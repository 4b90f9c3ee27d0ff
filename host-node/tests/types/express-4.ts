// Must compile against the types of Express 4 as well.

import express from 'express-4'
import { createVerifier } from '@fuzefront/authn'
import { requireAuth, requireRoles, requireTenant } from '@fuzefront/authn/express'

const app = express()
app.use(
  requireAuth({ verifier: createVerifier({ issuer: 'https://id.example/', audience: 'app' }) }),
  requireRoles('a'),
)
app.get(
  '/t/:id',
  requireTenant((req) => req.params['id']),
  (req, res) => {
    res.json(req.identity?.userId)
  },
)
